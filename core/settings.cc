#include "core/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "core/nearest_word.h"

namespace tesuji {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;  // Clang before 17 does not find this itself.

/// Whether a number in it is not finite, however deep it lies.
bool HasOddNumber(const Json& value) {
  if (value.is_number_float()) return !std::isfinite(value.get<double>());
  return value.is_structured() && std::ranges::any_of(value, HasOddNumber);
}

std::string Shown(const Json& value) {
  // JSON has no word for what is not finite, and 1000.0 must not look like a whole number.
  const bool odd = value.is_number_float() && !std::isfinite(value.get<double>());
  return odd ? fmt::format("{}", value.get<double>()) : value.dump();
}

tl::unexpected<Failure> Expected(std::string_view what, const Json& found) {
  return Fail(fmt::format("expected {}, got {}", what, Shown(found)));
}

/// A whole number that fits into T and the rules.
template <class T>
Status SetInteger(const Setting& setting, T* place, const Json& value) {
  if (!value.is_number_integer()) return Expected("a whole number", value);
  const bool fits = value.is_number_unsigned() ? std::in_range<T>(value.get<std::uint64_t>())
                                               : std::in_range<T>(value.get<std::int64_t>());
  const auto number = value.get<double>();
  if (!fits || number < setting.rules.minimum || number > setting.rules.maximum) {
    const std::string range = setting.allowed();
    return Expected(range.empty() ? "a smaller number" : range, value);
  }
  *place = value.get<T>();
  return {};
}

Status SetNumber(const Setting& setting, double* place, const Json& value) {
  if (!value.is_number()) return Expected("a number", value);
  const auto number = value.get<double>();
  const std::string range = setting.allowed();
  if (!std::isfinite(number) || number < setting.rules.minimum || number > setting.rules.maximum) {
    return Expected(range.empty() ? "a finite number" : range, value);
  }
  *place = number;
  return {};
}

Status SetList(std::vector<std::string>* place, const Json& value) {
  if (!value.is_array() ||
      !std::ranges::all_of(value, [](const Json& each) { return each.is_string(); })) {
    return Expected("a list of texts such as [\"one\", \"two\"]", value);
  }
  *place = value.get<std::vector<std::string>>();
  return {};
}

Status SetChoice(const SettingChoice& choice, const Json& value) {
  const auto& names = choice.names;
  const auto it =
      value.is_string() ? std::ranges::find(names, value.get<std::string>()) : names.end();
  if (it == names.end()) return Expected(fmt::format("one of {}", fmt::join(names, ", ")), value);
  choice.set(static_cast<std::size_t>(it - names.begin()));
  return {};
}

std::string Hint(const std::string& word, const std::vector<std::string>& known) {
  const std::string nearest = NearestWord(word, known);
  return nearest.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", nearest);
}

/// What --set meant where text is wanted: `name=2048` is a text like any other, and one word makes
/// a list.
Json AsMeant(const ConfigFile& file, const Setting& setting, const Json& value) {
  const auto words = file.OverrideText(setting.section, setting.name);
  if (!words) return value;
  if (std::holds_alternative<std::vector<std::string>*>(setting.place)) {
    return value.is_string() ? Json::array({value}) : value;
  }
  const bool text = std::holds_alternative<std::string*>(setting.place) ||
                    std::holds_alternative<SettingText>(setting.place) ||
                    std::holds_alternative<SettingChoice>(setting.place);
  return text && !value.is_string() ? Json(*words) : value;
}

}  // namespace

Json Setting::Value() const {
  return std::visit(
      Overloaded{[](const SettingChoice& choice) { return Json(choice.names[choice.get()]); },
                 [](const SettingText& text) { return Json(text.get()); },
                 [](const auto* from) { return Json(*from); }},
      place);
}

Status Setting::Set(const Json& value) const {
  return std::visit(
      Overloaded{[&](bool* to) -> Status {
                   if (!value.is_boolean()) return Expected("true or false", value);
                   *to = value.get<bool>();
                   return {};
                 },
                 [&](int* to) { return SetInteger(*this, to, value); },
                 [&](std::int64_t* to) { return SetInteger(*this, to, value); },
                 [&](std::uint64_t* to) { return SetInteger(*this, to, value); },
                 [&](double* to) { return SetNumber(*this, to, value); },
                 [&](std::string* to) -> Status {
                   if (!value.is_string()) return Expected("text in quotes", value);
                   if (value.get_ref<const std::string&>().empty() && !rules.may_be_empty) {
                     return Expected("a text that is not empty", value);
                   }
                   *to = value.get<std::string>();
                   return {};
                 },
                 [&](std::vector<std::string>* to) { return SetList(to, value); },
                 [&](const SettingChoice& to) { return SetChoice(to, value); },
                 [&](const SettingText& to) -> Status {
                   if (!value.is_string()) return Expected("text in quotes", value);
                   return to.set(value.get<std::string>());
                 }},
      place);
}

std::string Setting::type() const {
  return std::visit(
      Overloaded{[](bool*) { return "true/false"; }, [](int*) { return "integer"; },
                 [](std::int64_t*) { return "integer"; }, [](std::uint64_t*) { return "integer"; },
                 [](double*) { return "number"; }, [](std::string*) { return "text"; },
                 [](std::vector<std::string>*) { return "list of text"; },
                 [](const SettingChoice&) { return "text"; },
                 [](const SettingText&) { return "text"; }},
      place);
}

std::string Setting::allowed() const {
  if (const auto* choice = std::get_if<SettingChoice>(&place)) {
    return fmt::format("{}", fmt::join(choice->names, ", "));
  }
  const bool low = std::isfinite(rules.minimum);
  const bool high = std::isfinite(rules.maximum);
  if (low && high) return fmt::format("{:.12g} to {:.12g}", rules.minimum, rules.maximum);
  if (low) return fmt::format("at least {:.12g}", rules.minimum);
  if (high) return fmt::format("at most {:.12g}", rules.maximum);
  if (std::holds_alternative<std::uint64_t*>(place)) return "at least 0";
  return rules.may_be_empty ? "" : "not empty";
}

void SettingsTable::Section(const std::string& section) {
  section_ = section;
  if (std::ranges::find(sections_, section) == sections_.end()) sections_.push_back(section);
}

void SettingsTable::Add(std::string name, Setting::Place place, std::string help,
                        SettingRules rules) {
  assert(Find(section_, name) == nullptr);
  rows_.push_back({section_, std::move(name), std::move(place), std::move(help), rules});
}

void SettingsTable::AddRemoved(const std::string& name, const std::string& instead) {
  removed_[section_ + "." + name] = instead;
}

void SettingsTable::AddFormer(const std::string& name, Setting::Place place, std::string help,
                              SettingRules rules) {
  rules.scope = SettingScope::kStored;
  Add(name, std::move(place), std::move(help), rules);
  AddRemoved(name,
             fmt::format("every campaign has {}; remove the line", rows_.back().Value().dump()));
}

void SettingsTable::AddRest(Json* values) {
  if (values->is_null()) *values = Json::object();
  rest_[section_] = values;
}

const Setting* SettingsTable::Find(const std::string& section, const std::string& name) const {
  const auto it = std::ranges::find_if(
      rows_, [&](const Setting& row) { return row.name == name && row.section == section; });
  return it == rows_.end() ? nullptr : &*it;
}

std::vector<std::string> SettingsTable::KeysOf(const std::string& section) const {
  std::vector<std::string> names;
  for (const Setting& row : rows_) {
    if (row.section == section && row.rules.scope == SettingScope::kKey) names.push_back(row.name);
  }
  return names;
}

Status SettingsTable::ReadKey(const ConfigFile& file, const std::string& section,
                              const std::string& name, const Json& value, bool set) const {
  const Setting* row = Find(section, name);
  if (row != nullptr && row->rules.scope == SettingScope::kKey) {
    return set ? row->Set(AsMeant(file, *row, value)) : Status();
  }
  if (const auto gone = removed_.find(section + "." + name); gone != removed_.end()) {
    return Fail("is no longer a key; " + gone->second);
  }
  const auto rest = rest_.find(section);
  if (rest == rest_.end()) return Fail("unknown key" + Hint(name, KeysOf(section)));
  if (HasOddNumber(value)) return Fail("expected a finite number, got " + Shown(value));
  if (set) (*rest->second)[name] = value;
  return {};
}

Status SettingsTable::ReadAll(const ConfigFile& file, bool set) const {
  // What stands first in the file is told first.
  std::pair<int, std::string> first{0, ""};
  const auto complain = [&](int line, std::string what) {
    if (first.second.empty() || line < first.first) first = {line, std::move(what)};
  };
  const std::string known = fmt::format("[{}]", fmt::join(sections_, "] ["));
  for (const auto& [section, keys] : file.values().items()) {
    const int line = file.Line(section);
    if (!keys.is_object()) {
      complain(line,
               fmt::format("{}: expected inside a section, one of {}", file.Where(section), known));
    } else if (std::ranges::find(sections_, section) == sections_.end()) {
      complain(line, fmt::format("{}: unknown section{}; the sections are {}", file.Where(section),
                                 Hint(section, sections_), known));
    } else {
      for (const auto& [name, value] : keys.items()) {
        if (Status read = ReadKey(file, section, name, value, set); !read) {
          complain(file.Line(section, name),
                   fmt::format("{}: {}", file.Where(section, name), read.error().message));
        }
      }
    }
  }
  if (!first.second.empty()) return Fail(first.second);
  return {};
}

std::vector<std::string> SettingsTable::ReadStored(const Json& values) const {
  std::vector<std::string> passed_over;
  if (!values.is_object()) return passed_over;
  for (const auto& [section, keys] : values.items()) {
    if (!keys.is_object()) {
      passed_over.push_back(section);
      continue;
    }
    const auto rest = rest_.find(section);
    for (const auto& [name, value] : keys.items()) {
      const Setting* row = Find(section, name);
      if (row != nullptr && row->rules.scope != SettingScope::kInner) {
        if (!row->Set(value)) passed_over.push_back(section + "." + name);
      } else if (rest != rest_.end()) {
        (*rest->second)[name] = value;
      } else {
        passed_over.push_back(section + "." + name);
      }
    }
  }
  return passed_over;
}

Status SettingsTable::Check() const {
  for (const Setting& row : rows_) {
    const Json value = row.Value();
    if (row.Set(value)) continue;
    return Fail(fmt::format("{} = {}: expected {}", row.name, Shown(value), row.allowed()));
  }
  return {};
}

Json SettingsTable::Values(const SettingsTable* defaults) const {
  Json values = Json::object();
  for (const std::string& section : sections_) values[section] = Json::object();
  for (const Setting& row : rows_) {
    if (row.rules.scope == SettingScope::kInner) continue;
    Json value = row.Value();
    if (defaults != nullptr && row.rules.stored_if_set) {
      const Setting* fresh = defaults->Find(row.section, row.name);
      if (fresh != nullptr && fresh->Value() == value) continue;
    }
    values[row.section][row.name] = std::move(value);
  }
  for (const auto& [section, rest] : rest_) values[section].update(*rest);
  return values;
}

}  // namespace tesuji
