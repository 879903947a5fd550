#include "service/language_names.h"

#include <utility>

namespace tesuji::service {

const verifier::Language* FindLanguage(const verifier::LanguageTable& languages,
                                       std::string_view name) {
  if (const auto* language = languages.Find(name)) return language;
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"python", "python3"}, {"cpp", "cpp20"}, {"c++", "cpp20"}, {"nodejs", "javascript"}};
  for (const auto& [theirs, ours] : kNames) {
    if (name == theirs) return languages.Find(ours);
  }
  return nullptr;
}

}  // namespace tesuji::service
