# Turns sdk/templates/*.in and sdk/templates/judged/*.in into a C++ source with one raw string each,
# so that `tesuji new-env` needs no installed files.
file(GLOB_RECURSE templates CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sdk/templates/*.in)
set(TEMPLATE_ENTRIES "")
foreach(template ${templates})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${template})
  file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/sdk/templates ${template})
  string(REGEX REPLACE "[.]in$" "" name ${name})
  file(READ ${template} text)
  string(APPEND TEMPLATE_ENTRIES "    {\"${name}\", R\"TEMPLATE(${text})TEMPLATE\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/new_env_templates.cc @ONLY CONTENT
"#include \"cli/new_env_templates.h\"

namespace tesuji::cli {

const std::vector<Template>& NewEnvTemplates() {
  static const std::vector<Template> templates = {
@TEMPLATE_ENTRIES@  };
  return templates;
}

}  // namespace tesuji::cli
")
