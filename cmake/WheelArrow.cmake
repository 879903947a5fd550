# Apache Arrow C++ for Parquet. Debian 12 has no package of it; the pyarrow wheel carries headers and
# libraries that link with GCC 12. Asked, in this order: a package known to CMake (Arrow, Parquet),
# TESUJI_PYTHON, the environment that scripts/setup.sh makes, python3.
# Sets WheelArrow_FOUND and makes WheelArrow::parquet. Libraries of a wheel are copied into the build
# folder and listed in WheelArrow_LIBRARIES, to be installed. Without Arrow tesuji builds without
# Parquet.
set(TESUJI_PYTHON "" CACHE FILEPATH "A Python that has pyarrow (and, for tests, other readers)")

find_package(Arrow CONFIG QUIET)
find_package(Parquet CONFIG QUIET)
if(TARGET Arrow::arrow_shared AND TARGET Parquet::parquet_shared)
  add_library(WheelArrow::parquet INTERFACE IMPORTED)
  target_link_libraries(WheelArrow::parquet INTERFACE Parquet::parquet_shared Arrow::arrow_shared)
  set(WheelArrow_FOUND TRUE)
  message(STATUS "Parquet: Arrow ${Arrow_VERSION}")
  return()
endif()

set(cache_folder "$ENV{XDG_CACHE_HOME}")
if(NOT cache_folder)
  set(cache_folder "$ENV{HOME}/.cache")
endif()
set(WheelArrow_FOUND FALSE)
foreach(python "${TESUJI_PYTHON}" "${cache_folder}/tesuji/venv/bin/python" python3)
  if(python STREQUAL "")
    continue()
  endif()
  execute_process(
    COMMAND "${python}" -c
      "import pyarrow as p, glob; d = p.get_library_dirs()[0]; print(p.get_include(), *[glob.glob(d + '/lib' + n + '.so.*')[0] for n in ('arrow', 'parquet')], p.__version__, sep=';')"
    OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE code)
  if(code EQUAL 0)
    list(GET answer 0 include_folder)
    list(GET answer 1 arrow_library)
    list(GET answer 2 parquet_library)
    list(GET answer 3 version)
    # Copies of our own: the wheel may lie in a home folder that whoever runs tesuji cannot read.
    set(WheelArrow_FOLDER "${PROJECT_BINARY_DIR}/lib")
    set(WheelArrow_LIBRARIES)
    foreach(name arrow parquet)
      get_filename_component(file "${${name}_library}" NAME)
      configure_file("${${name}_library}" "${WheelArrow_FOLDER}/${file}" COPYONLY)
      list(APPEND WheelArrow_LIBRARIES "${WheelArrow_FOLDER}/${file}")
      add_library(WheelArrow::lib${name} SHARED IMPORTED)
      set_target_properties(WheelArrow::lib${name} PROPERTIES
        IMPORTED_LOCATION "${WheelArrow_FOLDER}/${file}"
        INTERFACE_INCLUDE_DIRECTORIES "${include_folder}"
        INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${include_folder}")
    endforeach()
    add_library(WheelArrow::parquet INTERFACE IMPORTED)
    target_link_libraries(WheelArrow::parquet INTERFACE WheelArrow::libparquet WheelArrow::libarrow)
    set(WheelArrow_FOUND TRUE)
    set(TESUJI_READERS_PYTHON "${python}" CACHE INTERNAL "Runs tests that use other readers")
    message(STATUS "Parquet: pyarrow ${version} of ${python}")
    break()
  endif()
endforeach()
if(NOT WheelArrow_FOUND)
  message(STATUS "Parquet: no Arrow found; tesuji will not write Parquet (scripts/setup.sh gets it)")
endif()
