#include "core/config.h"

#include <fmt/format.h>

namespace tesuji {

void ConfigBinder::ReadLast() {
  const Setting& row = table_.rows().back();
  if (file_ != nullptr) {
    const Json keys = file_->values().value(row.section, Json::object());
    if (keys.is_object() && keys.contains(row.name)) {
      const Status set = row.Set(keys.at(row.name));
      if (!set && error_.empty()) {
        error_ = Where(row.section, row.name) + ": " + set.error().message;
      }
    }
  }
  std::string help = row.help;
  if (std::holds_alternative<SettingChoice>(row.place)) {
    help += fmt::format(" One of: {}.", row.allowed());
  }
  keys_.push_back({row.section, row.name, row.type(), row.Value().dump(), help});
  values_[row.section][row.name] = row.Value();
}

void ConfigBinder::BindChoice(const char* name, int* index, const std::vector<std::string>& choices,
                              const char* help) {
  table_.AddChoice(name, index, choices, help);
  ReadLast();
}

void ConfigBinder::BindRest(Json* values) {
  table_.AddRest(values);
  if (file_ != nullptr) {
    const Json keys = file_->values().value(section_, Json::object());
    for (const auto& [name, value] : keys.items()) {
      if (table_.Find(section_, name) == nullptr) (*values)[name] = value;
    }
  }
  values_[section_].update(*values);
}

std::string ConfigBinder::Where(const std::string& section, const std::string& name) const {
  return file_ == nullptr ? section + "." + name : file_->Where(section, name);
}

Status ConfigBinder::Finish() const {
  if (!error_.empty()) return Fail(error_);
  if (file_ == nullptr) return {};
  return table_.FindUnknown(*file_);
}

}  // namespace tesuji
