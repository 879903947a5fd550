// Reading suites from disk: JSON lines, game records, plain text, folders of them.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "api/record_format.h"
#include "core/files.h"
#include "core/json.h"
#include "core/sha256.h"
#include "core/untrusted_json.h"
#include "dataset/curate/contamination.h"

namespace tesuji::dataset {
namespace {

constexpr std::size_t kMaxSuiteBytes = std::size_t{1} << 30;

/// Every text inside a JSON value, with the name of its key.
void CollectTexts(const Json& value, const std::string& key,
                  std::vector<std::pair<std::string, std::string>>* texts) {
  if (value.is_string()) {
    texts->emplace_back(key, value.get<std::string>());
  } else if (value.is_structured()) {
    for (const auto& [inner, child] : value.items()) {
      CollectTexts(child, value.is_object() ? inner : key, texts);
    }
  }
}

const env::RecordFormat* RecordsWithExtension(const env::Registry& registry,
                                              const std::string& extension) {
  return extension.empty() ? nullptr : env::FindRecords(registry, extension.substr(1));
}

}  // namespace

Status Suites::LoadFile(const std::string& path, const env::Registry& registry) {
  const auto bytes = ReadFile(path, kMaxSuiteBytes);
  if (!bytes) return Fail("decontaminate.suites: " + bytes.error().message);
  const std::size_t first = documents_.size();
  const std::size_t first_entry = entries_.size();
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension == ".jsonl") {
    std::size_t begin = 0;
    for (int line = 1; begin < bytes->size(); ++line) {
      const auto end = std::min(bytes->find('\n', begin), bytes->size());
      const std::string_view text = std::string_view(*bytes).substr(begin, end - begin);
      begin = end + 1;
      if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      const auto value = ParseUntrustedJson(text);
      if (!value || !value->is_object()) {
        return Fail(fmt::format("{}:{}: expected a JSON object{}", path, line,
                                value ? "" : ": " + value.error().message));
      }
      if (std::ranges::any_of(*value, [](const Json& one) { return one.is_structured(); })) {
        entries_.push_back({fmt::format("{}:{}", path, line), *value});
      }
      std::vector<std::pair<std::string, std::string>> texts;
      CollectTexts(*value, "", &texts);
      for (auto& [key, content] : texts) {
        documents_.push_back({fmt::format("{}:{} {}", path, line, key), std::move(content)});
      }
    }
  } else if (const env::RecordFormat* format = RecordsWithExtension(registry, extension)) {
    auto records = format->Split(*bytes);
    if (!records) return Fail(fmt::format("{}: {}", path, records.error().message));
    for (std::size_t i = 0; i < records->size(); ++i) {
      documents_.push_back({fmt::format("{} game {}", path, i + 1), std::move((*records)[i])});
    }
  } else {
    documents_.push_back({path, *bytes});
  }
  files_.push_back({path, Sha256Hex(*bytes), static_cast<std::int64_t>(documents_.size() - first),
                    static_cast<std::int64_t>(entries_.size() - first_entry)});
  return {};
}

Result<std::unique_ptr<Suites>> Suites::Load(const DecontaminateSection& options,
                                             const env::Registry& registry) {
  namespace fs = std::filesystem;
  std::unique_ptr<Suites> suites(new Suites(options));
  for (const std::string& suite : options.suites) {
    std::error_code error;
    std::vector<std::string> paths;
    if (fs::is_directory(suite, error)) {
      for (fs::recursive_directory_iterator it(suite, error), end; !error && it != end;
           it.increment(error)) {
        if (it->is_regular_file(error)) paths.push_back(it->path().string());
      }
      if (error) {
        return Fail(fmt::format("decontaminate.suites: {}: {}", suite, error.message()));
      }
      std::ranges::sort(paths);
    } else {
      paths.push_back(suite);
    }
    for (const std::string& path : paths) {
      if (auto status = suites->LoadFile(path, registry); !status)
        return tl::unexpected(status.error());
    }
  }
  return suites;
}

}  // namespace tesuji::dataset
