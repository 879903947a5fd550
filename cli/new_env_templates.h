// The files of sdk/templates/, embedded by cli/embed_templates.cmake.
// Thread-safety: a free function on constant data.
#pragma once

#include <string>
#include <vector>

namespace tesuji::cli {

struct Template {
  std::string name;  ///< Of the file in sdk/templates/, without ".in": "test.cc", "judged/test.cc".
  std::string text;  ///< With @NAME@, @CLASS@, @FILE@, @SOURCES@, @VERSION@, @PREFIX_HINT@.
};

const std::vector<Template>& NewEnvTemplates();

}  // namespace tesuji::cli
