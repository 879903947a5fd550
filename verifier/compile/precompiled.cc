#include "verifier/compile/precompiled.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "core/files.h"
#include "core/sha256.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

constexpr char kInside[] = "/pch";
constexpr char kOutput[] = "program";
constexpr std::size_t kLargest = std::size_t{512} << 20;

/// The header named by the first line that is neither blank nor a whole-line comment.
std::string FirstInclude(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) continue;
    line = line.substr(begin);
    if (line.starts_with("//")) continue;
    if (!line.starts_with("#")) return {};
    line = line.substr(1);
    line = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with("include")) return {};
    const std::size_t open = line.find('<');
    const std::size_t close = line.find('>');
    if (open == std::string_view::npos || close == std::string_view::npos) return {};
    return std::string(line.substr(open + 1, close - open - 1));
  }
  return {};
}

/// Runs the language's precompile command on `text`; what it wrote, or nothing.
std::optional<std::string> MakeFrom(Workplace& workplace, const Language& language,
                                    const std::string& text, const std::vector<std::string>& extra,
                                    bool* cancelled) {
  const UniqueFd source = MakeMemoryFile(text, "header");
  std::vector<std::string> argv = language.precompile;
  for (std::string& word : argv) {
    if (word == "{header}") word = "all.h";
    if (word == "{binary}") word = kOutput;
  }
  argv.insert(argv.end(), extra.begin(), extra.end());
  RunSpec spec = ToolSpec(argv, language.compile_limits);
  spec.limits.cpu = std::chrono::seconds(60);
  spec.limits.box_bytes = static_cast<std::int64_t>(kLargest);
  spec.files = {{"all.h", source.get()}};
  spec.fetch = {kOutput};
  spec.fetch_bytes = static_cast<std::int64_t>(kLargest);
  const RunResult result = workplace.Run(ContainerKind::kTool, spec);
  *cancelled = result.ending == Ending::kCancelled;
  if (!result.ExitedWith(0) || !result.fetched[0].fd.valid()) return std::nullopt;
  auto bytes = ReadDescriptor(result.fetched[0].fd.get(), kLargest);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

/// The names in a preprocessed header, comments gone already. Text in quotes does not count; the
/// suffix of a literal operator (operator""i) counts as that of a number.
std::vector<std::string> WordsOfHeader(std::string_view text) {
  std::string bare;
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char quote = text[at];
    // 1'000 has no character in quotes.
    const bool digit = at > 0 && std::isxdigit(static_cast<unsigned char>(text[at - 1])) != 0;
    if (quote != '"' && (quote != '\'' || digit)) {
      bare += quote;
      continue;
    }
    const std::size_t begin = at;
    for (++at; at < text.size() && text[at] != quote && text[at] != '\n'; ++at) {
      if (text[at] == '\\') ++at;
    }
    bare += ' ';
    if (quote != '"' || at != begin + 1) continue;
    std::size_t suffix = text.find_first_not_of(" \t", at + 1);
    if (suffix == std::string_view::npos || !bare.ends_with("operator ")) continue;
    const std::size_t end = text.find_first_of(" \t\n(", suffix);
    words.push_back(fmt::format("0{}", text.substr(suffix, end - suffix)));
    at = std::min(end, text.size()) - 1;
  }
  ForEachWord(bare, [&](std::string_view word) {
    if (word.front() != '0') words.emplace_back(word);
    return true;
  });
  return words;
}

/// Whether these sources may mean something else without what goes by these words.
bool CanTell(const std::vector<SourceFile>& sources, const std::unordered_set<std::string>& words) {
  bool can_tell = false;
  for (const SourceFile& file : sources) {
    // "##" makes new words.
    can_tell = can_tell || file.text.find("##") != std::string::npos ||
               file.text.find("%:%:") != std::string::npos;
    ForEachWord(file.text, [&](std::string_view word) {
      can_tell = can_tell || words.contains(std::string(word));
      return !can_tell;
    });
  }
  return can_tell;
}

bool WriteReadable(const fs::path& file, const std::string& bytes) {
  try {
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    WriteFileAtomically(file, bytes);
    fs::permissions(file, fs::perms(0644), ignored);
    return true;
  } catch (const MachineError&) {
    return false;  // Slower, not wrong.
  }
}

}  // namespace

void ForEachWord(std::string_view text, const std::function<bool(std::string_view)>& visit) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c < 0;
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    if (letter(text[at])) {
      while (at < text.size() && (letter(text[at]) || digit(text[at]))) ++at;
      if (!visit(text.substr(begin, at - begin))) return;
    } else if (digit(text[at])) {
      std::size_t last = at;
      for (; at < text.size() && (letter(text[at]) || digit(text[at]) || text[at] == '.'); ++at) {
        if (!letter(text[at])) last = at;
      }
      if (last + 1 < at && !visit(fmt::format("0{}", text.substr(last + 1, at - last - 1)))) return;
    } else {
      ++at;
    }
  }
}

std::chrono::milliseconds ToolWall(std::chrono::milliseconds cpu) {
  return 4 * cpu + std::chrono::seconds(10);
}

RunSpec ToolSpec(const std::vector<std::string>& argv, const Limits& limits) {
  RunSpec spec;
  spec.argv = argv;
  spec.environment = {"PATH=/usr/bin:/bin", "TMPDIR=/tmp", "LC_ALL=C.UTF-8", "HOME=/box"};
  spec.limits = limits;
  spec.limits.wall = ToolWall(limits.cpu);
  return spec;
}

PrecompiledHeaders::PrecompiledHeaders(fs::path folder) : folder_(std::move(folder)) {
  std::error_code ignored;
  if (!folder_.empty()) fs::create_directories(folder_, ignored);
}

std::vector<Mount> PrecompiledHeaders::mounts() const {
  std::error_code ignored;
  if (folder_.empty() || !fs::exists(folder_, ignored)) return {};
  // Containers of root run as somebody else, who must be able to reach the folder.
  if (geteuid() == 0) {
    for (fs::path part = fs::absolute(folder_); part != part.root_path();
         part = part.parent_path()) {
      if ((fs::status(part, ignored).permissions() & fs::perms::others_exec) == fs::perms::none) {
        return {};
      }
    }
  }
  return {{folder_.string(), kInside}};
}

PrecompiledHeaders::Recipe PrecompiledHeaders::MakeRecipe(const Language& language,
                                                          const std::string& compiler,
                                                          const std::string& header,
                                                          const std::string& text) {
  return {header, text,
          Sha256Hex(fmt::format("{}\n{}\n{}\n{}", fmt::join(language.precompile, " "), compiler,
                                header, text))
              .substr(0, 16)};
}

bool PrecompiledHeaders::Prepare(Workplace& workplace, const Language& language,
                                 const Recipe& recipe) {
  if (const auto known = ready_.find(recipe.key); known != ready_.end()) return known->second;
  const fs::path file = folder_ / recipe.key / (recipe.header + ".gch");
  std::error_code ignored;
  if (fs::exists(file, ignored)) return ready_[recipe.key] = true;
  ready_[recipe.key] = false;
  bool cancelled = false;
  const auto bytes = MakeFrom(workplace, language, recipe.text, {}, &cancelled);
  if (cancelled) ready_.erase(recipe.key);  // The next one who needs it tries again.
  if (!bytes || !WriteReadable(file, *bytes)) return false;
  return ready_[recipe.key] = true;
}

std::shared_ptr<const PrecompiledHeaders::Words> PrecompiledHeaders::OnlyInWhole(
    Workplace& workplace, const Language& language, const Recipe& light, const Recipe& whole) {
  if (const auto known = words_.find(light.key); known != words_.end()) return known->second;
  words_[light.key] = nullptr;
  const fs::path file = folder_ / light.key / "names";
  auto words = std::make_shared<Words>();
  if (const auto kept = ReadFile(file)) {
    std::istringstream lines(*kept);
    for (std::string word; std::getline(lines, word);) words->insert(std::move(word));
    return words_[light.key] = std::move(words);
  }
  // -dD keeps macro definitions, whose names count as well.
  bool cancelled[2] = {};
  const auto all = MakeFrom(workplace, language, whole.text, {"-E", "-P", "-dD"}, &cancelled[0]);
  const auto some = MakeFrom(workplace, language, light.text, {"-E", "-P", "-dD"}, &cancelled[1]);
  if (cancelled[0] || cancelled[1]) words_.erase(light.key);
  if (!all || !some) return nullptr;
  for (std::string& word : WordsOfHeader(*all)) words->insert(std::move(word));
  const std::vector<std::string> light_words = WordsOfHeader(*some);
  for (const std::string& word : light_words) {
    if (!words->contains(word)) return nullptr;  // Not a part of the whole: of no use.
  }
  for (const std::string& word : light_words) words->erase(word);
  // The library calls nothing at namespace scope by one small letter; members and parameters of
  // that kind are out of reach of who names nothing else of theirs.
  std::erase_if(*words, [](const std::string& word) {
    return word.size() == 1 && word[0] >= 'a' && word[0] <= 'z';
  });
  std::vector<std::string> sorted(words->begin(), words->end());
  std::sort(sorted.begin(), sorted.end());
  if (!WriteReadable(file, fmt::format("{}\n", fmt::join(sorted, "\n")))) return nullptr;
  return words_[light.key] = std::move(words);
}

PrecompiledHeaders::Choice PrecompiledHeaders::For(Workplace& workplace, const Language& language,
                                                   const std::string& compiler,
                                                   const std::vector<SourceFile>& sources,
                                                   bool whole) {
  if (language.precompile.empty() || mounts().empty()) return {};
  std::string header;
  for (const SourceFile& file : sources) {
    if (!language.IsSource(file.name)) continue;
    header = FirstInclude(file.text);
    break;
  }
  const auto& known = language.precompiled_headers;
  if (std::find(known.begin(), known.end(), header) == known.end()) return {};
  const Recipe full =
      MakeRecipe(language, compiler, header, fmt::format("#include <{}>\n", header));
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!whole && header == known.front()) {
    for (const std::string& text : language.light_headers) {
      const Recipe light = MakeRecipe(language, compiler, header, text);
      const auto words = OnlyInWhole(workplace, language, light, full);
      if (words != nullptr && !CanTell(sources, *words) && Prepare(workplace, language, light)) {
        return {fmt::format("{}/{}", kInside, light.key), true};
      }
    }
  }
  if (!Prepare(workplace, language, full)) return {};
  return {fmt::format("{}/{}", kInside, full.key), false};
}

}  // namespace tesuji::verifier
