// The files of sdk/templates/, embedded by cli/embed_templates.cmake.
// Thread-safety: a free function on constant data.
#pragma once

#include <string>
#include <vector>

namespace tesuji::cli {

struct Template {
  std::string name;  ///< Of the file in sdk/templates/, without ".in".
  std::string text;  ///< With @NAME@, @CLASS@, @FILE@, @VERSION@, @PREFIX_HINT@ to be filled in.
};

const std::vector<Template>& NewEnvTemplates();

}  // namespace tesuji::cli
