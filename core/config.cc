#include "core/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <sstream>
#include <type_traits>

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
  std::map<std::string, std::string> overrides;  ///< "section.key" -> the assignment's text.
};

struct ConfigBinder::Found {
  const toml::node* node = nullptr;
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

std::string Shown(const toml::node& node) { return ToJson(node).dump(); }

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
  const std::string value = assignment.substr(equals + 1);
  auto parsed = ParseToml("x = " + value, "--set");
  // A bare word is text: --set search.root=gumbel.
  toml::table holder =
      parsed ? std::move(*parsed) : toml::table{{"x", toml::value<std::string>(value)}};
  toml::table* target = impl_->table[section].as_table();
  if (target == nullptr) {
    impl_->table.insert_or_assign(section, toml::table{});
    target = impl_->table[section].as_table();
  }
  holder.get("x")->visit([&](auto& concrete) { target->insert_or_assign(key, concrete); });
  impl_->overrides[section + "." + key] = "--set " + assignment;
  return {};
}

void ConfigBinder::Section(const std::string& section) {
  section_ = section;
  known_[section];
}

void ConfigBinder::Complain(const std::string& name, const std::string& what) {
  if (error_.empty()) error_ = fmt::format("{}: {}", Where(section_, name), what);
}

std::string ConfigBinder::Where(const std::string& section, const std::string& name) const {
  std::string full = section + "." + name;
  if (file_ == nullptr) return full;
  if (const auto it = file_->impl_->overrides.find(full); it != file_->impl_->overrides.end()) {
    return it->second;
  }
  const toml::node* node = file_->impl_->table[section][name].node();
  if (node == nullptr) node = file_->impl_->table[section].node();
  if (node == nullptr || node->source().begin.line == 0) {
    return fmt::format("{}: {}", file_->impl_->source, full);
  }
  return fmt::format("{}:{}: {}", file_->impl_->source, node->source().begin.line, full);
}

void ConfigBinder::Note(const char* name, const char* type, Json value, const char* help) {
  keys_.push_back({section_, name, type, value.dump(), help});
  values_[section_][name] = std::move(value);
}

ConfigBinder::Found ConfigBinder::Lookup(const char* name) {
  known_[section_].push_back(name);
  if (file_ == nullptr) return {};
  return {file_->impl_->table[section_][name].node()};
}

void ConfigBinder::Bind(const char* name, bool* value, const char* help) {
  if (const auto found = Lookup(name); found.node != nullptr) {
    if (const auto* boolean = found.node->as_boolean()) {
      *value = boolean->get();
    } else {
      Complain(name, fmt::format("expected true or false, got {}", Shown(*found.node)));
    }
  }
  Note(name, "true/false", *value, help);
}

template <class T>
void ConfigBinder::BindInteger(const char* name, T* value, const char* help, ConfigRange range) {
  if (const auto found = Lookup(name); found.node != nullptr) {
    const auto* integer = found.node->as_integer();
    if (integer == nullptr) {
      Complain(name, fmt::format("expected a whole number, got {}", Shown(*found.node)));
    } else if (const std::int64_t number = integer->get();
               (range.minimum != range.maximum && (static_cast<double>(number) < range.minimum ||
                                                   static_cast<double>(number) > range.maximum)) ||
               (std::is_unsigned_v<T> && number < 0) ||
               (sizeof(T) < 8 && (number > std::numeric_limits<int>::max() ||
                                  number < std::numeric_limits<int>::min()))) {
      const bool bounded = range.minimum != range.maximum;
      Complain(name, bounded ? fmt::format("expected {} to {}, got {}", range.minimum,
                                           range.maximum, number)
                             : fmt::format("{} is out of range", number));
    } else {
      *value = static_cast<T>(number);
    }
  }
  Note(name, "integer", *value, help);
}

void ConfigBinder::Bind(const char* name, int* value, const char* help, ConfigRange range) {
  BindInteger(name, value, help, range);
}
void ConfigBinder::Bind(const char* name, std::int64_t* value, const char* help,
                        ConfigRange range) {
  BindInteger(name, value, help, range);
}
void ConfigBinder::Bind(const char* name, std::uint64_t* value, const char* help) {
  BindInteger(name, value, help, {});
}

void ConfigBinder::Bind(const char* name, double* value, const char* help, ConfigRange range) {
  if (const auto found = Lookup(name); found.node != nullptr) {
    const auto number = found.node->value<double>();
    if (!found.node->is_number() || !number) {
      Complain(name, fmt::format("expected a number, got {}", Shown(*found.node)));
    } else if (!(*number == *number) || (range.minimum != range.maximum &&
                                         (*number < range.minimum || *number > range.maximum))) {
      Complain(name,
               fmt::format("expected {} to {}, got {}", range.minimum, range.maximum, *number));
    } else {
      *value = *number;
    }
  }
  Note(name, "number", *value, help);
}

void ConfigBinder::Bind(const char* name, std::string* value, const char* help) {
  if (const auto found = Lookup(name); found.node != nullptr) {
    if (const auto* text = found.node->as_string()) {
      *value = text->get();
    } else {
      Complain(name, fmt::format("expected text in quotes, got {}", Shown(*found.node)));
    }
  }
  Note(name, "text", *value, help);
}

void ConfigBinder::Bind(const char* name, std::vector<std::string>* value, const char* help) {
  if (const auto found = Lookup(name); found.node != nullptr) {
    const auto* array = found.node->as_array();
    const bool all_text =
        array != nullptr && std::all_of(array->begin(), array->end(),
                                        [](const auto& element) { return element.is_string(); });
    if (all_text) {
      value->clear();
      for (const auto& element : *array) value->push_back(element.as_string()->get());
    } else {
      Complain(name, fmt::format("expected a list of texts, got {}", Shown(*found.node)));
    }
  }
  Note(name, "list of text", *value, help);
}

void ConfigBinder::BindChoice(const char* name, int* index, const std::vector<std::string>& choices,
                              const char* help) {
  std::string text = choices[static_cast<std::size_t>(*index)];
  if (const auto found = Lookup(name); found.node != nullptr) {
    const auto given = found.node->value<std::string>();
    const auto it = given ? std::find(choices.begin(), choices.end(), *given) : choices.end();
    if (!found.node->is_string() || it == choices.end()) {
      Complain(name, fmt::format("expected one of {}, got {}", fmt::join(choices, ", "),
                                 Shown(*found.node)));
    } else {
      text = *it;
      *index = static_cast<int>(it - choices.begin());
    }
  }
  const std::string full_help = fmt::format("{} One of: {}.", help, fmt::join(choices, ", "));
  Note(name, "text", text, full_help.c_str());
}

void ConfigBinder::BindRest(Json* values) {
  open_sections_.push_back(section_);
  if (values->is_null()) *values = Json::object();
  if (file_ != nullptr) {
    if (const auto* table = file_->impl_->table[section_].as_table()) {
      const auto& known = known_[section_];
      for (const auto& [key, node] : *table) {
        const std::string name(key.str());
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        (*values)[name] = ToJson(node);
      }
    }
  }
  values_[section_].update(*values);
}

Status ConfigBinder::Finish() const {
  if (!error_.empty()) return Fail(error_);
  if (file_ == nullptr) return {};
  std::vector<std::string> sections;
  for (const auto& [section, names] : known_) sections.push_back(section);
  for (const auto& [key, node] : file_->impl_->table) {
    const std::string section(key.str());
    const auto line = node.source().begin.line;
    const std::string place = fmt::format("{}:{}", file_->impl_->source, line);
    const auto hint = [](const std::string& nearest) {
      return nearest.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", nearest);
    };
    const auto* table = node.as_table();
    if (table == nullptr) {
      return Fail(fmt::format("{}: {}: expected inside a section, one of [{}]", place, section,
                              fmt::join(sections, "] [")));
    }
    const auto it = known_.find(section);
    if (it == known_.end()) {
      return Fail(fmt::format("{}: [{}]: unknown section{}; the sections are [{}]", place, section,
                              hint(NearestWord(section, sections)), fmt::join(sections, "] [")));
    }
    if (std::find(open_sections_.begin(), open_sections_.end(), section) != open_sections_.end()) {
      continue;
    }
    for (const auto& [name_key, value] : *table) {
      const std::string name(name_key.str());
      if (std::find(it->second.begin(), it->second.end(), name) == it->second.end()) {
        return Fail(fmt::format("{}: unknown key{}", Where(section, name),
                                hint(NearestWord(name, it->second))));
      }
    }
  }
  return {};
}

}  // namespace tesuji
