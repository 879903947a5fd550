# Text that is data is a file of its own, and part of the program: tesuji_embed_texts(OUTPUT file.cc
# HEADER "folder/header.h" NAMESPACE a::b TEXTS NAME=path…) writes, while CMake configures, a C++
# source that defines `const char NAME[]` for each file. The header declares them extern. A changed
# file is embedded again by the next build.
function(tesuji_embed_texts)
  cmake_parse_arguments(ARG "" "OUTPUT;HEADER;NAMESPACE" "TEXTS" ${ARGN})
  set(definitions "")
  foreach(entry ${ARG_TEXTS})
    string(REGEX MATCH "^([A-Za-z0-9_]+)=(.+)$" matched "${entry}")
    set(name ${CMAKE_MATCH_1})
    set(path ${CMAKE_CURRENT_SOURCE_DIR}/${CMAKE_MATCH_2})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(READ ${path} text)
    string(APPEND definitions "const char ${name}[] = R\"TEXT(${text})TEXT\";\n")
  endforeach()
  # The texts go in by a variable, so that nothing within them is replaced.
  file(CONFIGURE OUTPUT ${ARG_OUTPUT} @ONLY CONTENT
"#include \"@ARG_HEADER@\"

namespace @ARG_NAMESPACE@ {

@definitions@
}  // namespace @ARG_NAMESPACE@
")
endfunction()
