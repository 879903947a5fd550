# One static library a folder: tesuji_library(NAME SOURCES … HEADERS … PUBLIC … PRIVATE …
# [PRECOMPILE <header>…]) makes target tesuji_NAME with alias tesuji::NAME. Headers compile alone
# (target all_verify_interface_header_sets). Without PRECOMPILE it shares the precompiled header of
# all libraries.
function(tesuji_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE;PRECOMPILE" ${ARGN})
  set(target tesuji_${name})
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(tesuji::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
    FILES ${ARG_HEADERS})
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE}
    $<BUILD_INTERFACE:tesuji_warnings> $<BUILD_INTERFACE:tesuji_common>)
  if(ARG_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARG_PRECOMPILE})
  else()
    target_precompile_headers(${target} REUSE_FROM tesuji_headers)
  endif()
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    EXPORT_NAME ${name}
    VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# tesuji_test(NAME SOURCES … LINK … [LABELS …] [TIMEOUT seconds] [WHOLE]): one GoogleTest binary.
# WHOLE runs its tests in one process, for those that share a costly SetUpTestSuite().
# Label "unit" (default) is what scripts/test.sh runs first; "slow" and "hostile" come after.
# Test code is compiled once and run for seconds, so it is optimised less than what it tests, and
# all of it shares one precompiled header (tests/CMakeLists.txt).
set(TESUJI_TEST_COMPILE_OPTIONS $<$<CONFIG:Release>:-O1>)
function(tesuji_test name)
  cmake_parse_arguments(ARG "WHOLE" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock_main tesuji_warnings)
  target_compile_options(${name} PRIVATE ${TESUJI_TEST_COMPILE_OPTIONS})
  target_precompile_headers(${name} REUSE_FROM tesuji_test_headers)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  if(ARG_WHOLE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
    return()
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# tesuji_fuzzer(NAME LIBRARY): the libFuzzer target of tests/fuzz/NAME.cc, in the fuzz preset only;
# there every target carries coverage counters and sanitizers.
function(tesuji_fuzzer name library)
  if(NOT TESUJI_FUZZ)
    return()
  endif()
  add_executable(${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/${name}.cc)
  target_link_libraries(${name} PRIVATE ${library} tesuji_warnings)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
endfunction()
