// Reading suites from disk: JSON lines, game records, plain text, folders of them.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "api/record.h"
#include "core/files.h"
#include "core/json.h"
#include "core/sha256.h"
#include "dataset/curate/contamination.h"
#include "env/go/go_state.h"
#include "env/go/sgf.h"

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

}  // namespace

Result<std::vector<env::Action>> ActionsOf(const env::Environment& environment,
                                           const std::string& artifact) {
  if (environment.spec().artifact_extension == "sgf") {
    const auto state = environment.FromArtifact(artifact);
    if (!state) return tl::unexpected(state.error());
    const auto* game = dynamic_cast<const env::go::GoState*>(state->get());
    if (game == nullptr) return Fail("not a game of Go");
    std::vector<env::Action> actions;
    for (const auto& move : game->moves()) actions.push_back(move.action);
    return actions;
  }
  auto state = environment.NewState({.id = environment.spec().id});
  if (!state) return tl::unexpected(state.error());
  std::vector<env::Action> actions;
  std::string_view rest = artifact;
  constexpr std::string_view kSpace = " \t\r\n";
  while (true) {
    const auto begin = rest.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return actions;
    rest.remove_prefix(begin);
    const auto name = rest.substr(0, rest.find_first_of(kSpace));
    const auto action = env::FindAction(**state, name);
    if (!action) return tl::unexpected(action.error());
    (*state)->Apply(*action);
    actions.push_back(*action);
    rest.remove_prefix(name.size());
  }
}

Status Suites::LoadFile(const std::string& path) {
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
      const Json value = Json::parse(text, nullptr, false);
      if (!value.is_object()) return Fail(fmt::format("{}:{}: expected a JSON object", path, line));
      if (std::ranges::any_of(value, [](const Json& one) { return one.is_structured(); })) {
        entries_.push_back({fmt::format("{}:{}", path, line), value});
      }
      std::vector<std::pair<std::string, std::string>> texts;
      CollectTexts(value, "", &texts);
      for (auto& [key, content] : texts) {
        documents_.push_back({fmt::format("{}:{} {}", path, line, key), std::move(content)});
      }
    }
  } else if (extension == ".sgf" || extension == ".sgfs") {
    const auto games = env::go::ParseSgf(*bytes);
    if (!games) return Fail(fmt::format("{}: {}", path, games.error().message));
    for (std::size_t i = 0; i < games->size(); ++i) {
      documents_.push_back(
          {fmt::format("{} game {}", path, i + 1), env::go::WriteSgf((*games)[i])});
    }
  } else {
    documents_.push_back({path, *bytes});
  }
  files_.push_back({path, Sha256Hex(*bytes), static_cast<std::int64_t>(documents_.size() - first),
                    static_cast<std::int64_t>(entries_.size() - first_entry)});
  return {};
}

Result<std::unique_ptr<Suites>> Suites::Load(const DecontaminateSection& options) {
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
      if (auto status = suites->LoadFile(path); !status) return tl::unexpected(status.error());
    }
  }
  return suites;
}

}  // namespace tesuji::dataset
