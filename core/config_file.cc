#include "core/config_file.h"

#include <fmt/format.h>

#include <limits>
#include <sstream>
#include <utility>

// Header-only: the shared library is built with exceptions and lacks the functions used here.
#undef TOML_SHARED_LIB
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "core/files.h"

namespace tesuji {

struct ConfigFile::Impl {
  std::string source = "(defaults)";
  toml::table table;
  std::map<std::string, std::string> overrides;  ///< "section.key" -> how messages name it.
  std::map<std::string, std::string> texts;      ///< "section.key" -> what an assignment said.
  Json values = Json::object();
};

namespace {

Json ToJson(const toml::node& node) {
  if (const auto* value = node.as_string()) return value->get();
  if (const auto* value = node.as_integer()) return value->get();
  if (const auto* value = node.as_floating_point()) return value->get();
  if (const auto* value = node.as_boolean()) return value->get();
  if (const auto* array = node.as_array()) {
    Json list = Json::array();
    for (const auto& element : *array) list.push_back(ToJson(element));
    return list;
  }
  if (const auto* table = node.as_table()) {
    Json object = Json::object();
    for (const auto& [key, value] : *table) object[std::string(key.str())] = ToJson(value);
    return object;
  }
  std::ostringstream text;
  node.visit([&](const auto& concrete) { text << concrete; });
  return text.str();
}

Result<toml::table> ParseToml(std::string_view text, const std::string& source) {
  toml::parse_result parsed = toml::parse(text, source);
  if (!parsed) {
    const auto& error = parsed.error();
    return Fail(fmt::format("{}:{}: not valid TOML: {}", source, error.source().begin.line,
                            error.description()));
  }
  return std::move(parsed).table();
}

}  // namespace

ConfigFile::ConfigFile() : impl_(std::make_unique<Impl>()) {}
ConfigFile::~ConfigFile() = default;
ConfigFile::ConfigFile(ConfigFile&&) noexcept = default;
ConfigFile& ConfigFile::operator=(ConfigFile&&) noexcept = default;

Result<ConfigFile> ConfigFile::Load(const std::filesystem::path& path) {
  auto text = ReadFile(path, std::size_t{1} << 20);
  if (!text) return tl::unexpected(text.error());
  return Parse(*text, path.string());
}

Result<ConfigFile> ConfigFile::Parse(std::string_view text, std::string source_name) {
  auto table = ParseToml(text, source_name);
  if (!table) return tl::unexpected(table.error());
  ConfigFile file;
  file.impl_->source = std::move(source_name);
  file.impl_->table = std::move(*table);
  file.impl_->values = ToJson(file.impl_->table);
  return file;
}

Status ConfigFile::Override(const std::string& assignment) {
  const auto equals = assignment.find('=');
  const auto dot = assignment.find('.');
  if (equals == std::string::npos || dot == std::string::npos || dot > equals || dot == 0 ||
      dot + 1 == equals) {
    return Fail(fmt::format("--set {}: expected section.key=value", assignment));
  }
  const std::string section = assignment.substr(0, dot);
  const std::string key = assignment.substr(dot + 1, equals - dot - 1);
  const std::string text = assignment.substr(equals + 1);
  if (!impl_->values.value(section, Json::object()).is_object()) {
    return Fail(fmt::format("--set {}: {} stands outside of every section in {}", assignment,
                            section, impl_->source));
  }
  auto parsed = ParseToml("x = " + text, "--set");
  // A bare word is text: --set search.root=gumbel. What begins like a list or a text must be one.
  if (!parsed && !text.empty() && std::string_view("\"'[{").find(text[0]) != std::string::npos) {
    return Fail(
        fmt::format("--set {}: the value is not valid TOML; put all of it in single quotes "
                    "for the shell, as in --set 'campaign.plugins=[\"a.so\"]'",
                    assignment));
  }
  Override(section, key, parsed ? ToJson(*parsed->get("x")) : Json(text), "--set " + assignment);
  impl_->texts[section + "." + key] = text;
  return {};
}

void ConfigFile::Override(const std::string& section, const std::string& key, Json value,
                          const std::string& source) {
  Json& keys = impl_->values[section];
  if (!keys.is_object()) keys = Json::object();
  keys[key] = std::move(value);
  impl_->overrides[section + "." + key] = source;
  impl_->texts.erase(section + "." + key);
}

const Json& ConfigFile::values() const { return impl_->values; }

std::optional<std::string> ConfigFile::OverrideText(const std::string& section,
                                                    const std::string& key) const {
  const auto it = impl_->texts.find(section + "." + key);
  if (it == impl_->texts.end()) return std::nullopt;
  return it->second;
}

std::string ConfigFile::Where(const std::string& section, const std::string& name) const {
  const std::string full = section + "." + name;
  if (const auto it = impl_->overrides.find(full); it != impl_->overrides.end()) return it->second;
  const toml::node* node = impl_->table[section][name].node();
  if (node == nullptr) node = impl_->table[section].node();
  if (node == nullptr || node->source().begin.line == 0) {
    return fmt::format("{}: {}", impl_->source, full);
  }
  return fmt::format("{}:{}: {}", impl_->source, node->source().begin.line, full);
}

int ConfigFile::Line(const std::string& section, const std::string& name) const {
  const toml::node* node = impl_->table[section][name].node();
  if (node == nullptr || impl_->overrides.contains(section + "." + name)) {
    return std::numeric_limits<int>::max();
  }
  return static_cast<int>(node->source().begin.line);
}

int ConfigFile::Line(const std::string& section) const {
  const toml::node* node = impl_->table[section].node();
  return node == nullptr ? std::numeric_limits<int>::max()
                         : static_cast<int>(node->source().begin.line);
}

std::string ConfigFile::Where(const std::string& section) const {
  const toml::node* node = impl_->table[section].node();
  if (node != nullptr) {
    const std::string shown = node->is_table() ? "[" + section + "]" : section;
    return fmt::format("{}:{}: {}", impl_->source, node->source().begin.line, shown);
  }
  const auto it = impl_->overrides.lower_bound(section + ".");
  if (it != impl_->overrides.end() && it->first.starts_with(section + ".")) return it->second;
  return fmt::format("{}: [{}]", impl_->source, section);
}

}  // namespace tesuji
