#include "verifier/compile/compiler.h"

#include <elf.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "core/files.h"
#include "core/sha256.h"
#include "verifier/compile/entry.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMessageBytes = 2000;
constexpr std::int64_t kBinaryBytes = 64LL << 20;

std::string Shorten(const RunResult& result) {
  std::string text = result.standard_error + result.standard_output;
  if (text.size() > kMessageBytes) text = text.substr(0, kMessageBytes) + "\n[…]";
  if (result.ending != Ending::kExited) text += "\ncompiler: " + DescribeEnding(result);
  return text;
}

/// The first line that is not blank and does not warn.
std::string FirstLineWithoutWarning(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool blank = line.find_first_not_of(" \t\r") == std::string::npos;
    if (!blank && line.find("arning:") == std::string::npos) return line;
  }
  return text;
}

/// Bytes that the loader will map for this ELF file.
std::int64_t StaticBytes(std::string_view binary) {
  Elf64_Ehdr header;
  if (binary.size() < sizeof header) return 0;
  std::memcpy(&header, binary.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return 0;
  std::int64_t sum = 0;
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    const std::size_t at = header.e_phoff + static_cast<std::size_t>(i) * sizeof segment;
    if (at + sizeof segment > binary.size()) return 0;
    std::memcpy(&segment, binary.data() + at, sizeof segment);
    if (segment.p_type == PT_LOAD) sum += static_cast<std::int64_t>(segment.p_memsz);
  }
  return sum;
}

/// True when the messages are a diagnosis of a source and not the moan of a broken compiler: its
/// name, and a line number within the next few characters ("a.c:3:", "a.cs(3,5)", "a.php on line
/// 3").
bool PointsAtASource(const std::string& messages, const std::vector<SourceFile>& sources) {
  constexpr std::size_t kNear = 12;
  if (messages.find("fatal error:") != std::string::npos) return false;
  for (const SourceFile& file : sources) {
    for (std::size_t at = messages.find(file.name); at != std::string::npos;
         at = messages.find(file.name, at + 1)) {
      const std::string next = messages.substr(at + file.name.size(), kNear);
      const std::size_t digit = next.find_first_of("0123456789");
      if (digit != std::string::npos && digit > 0 && digit < next.find('\n')) return true;
    }
  }
  return messages.find("SyntaxError") != std::string::npos;
}

/// Says that the program takes more room than there is for it; empty when the compiler failed for
/// another reason. Its own words for this blame the compiler or the disk.
std::string TooLarge(const RunResult& result, const Limits& limits,
                     const std::vector<SourceFile>& sources) {
  if (!result.fetched.empty() && result.fetched[0].state == FetchedFile::State::kTooLarge) {
    return fmt::format("program too large: the binary has more than {} MiB", kBinaryBytes >> 20);
  }
  const std::string& said = result.standard_error;
  if (PointsAtASource(said, sources)) return {};
  for (const char* words :
       {"relocation truncated to fit", "out of range: ", "output file too large",
        "section too large", "address space overflow"}) {
    if (said.find(words) == std::string::npos) continue;
    return "program too large: its data do not fit into the address range of a program";
  }
  bool full = result.signal == SIGXFSZ || result.signal == SIGBUS;
  for (const char* words : {"No space left on device", "File size limit exceeded", "File too large",
                            "Disk full", "Bus error"}) {
    full = full || said.find(words) != std::string::npos;
  }
  if (!full) return {};
  return fmt::format("program too large: what the compiler writes needs more than {} MiB",
                     limits.box_bytes >> 20);
}

/// For languages that run a file: the one called main, else the first source.
const SourceFile& MainFile(const Language& language, const std::vector<SourceFile>& sources) {
  const SourceFile* first = nullptr;
  for (const SourceFile& file : sources) {
    if (!language.IsSource(file.name)) continue;
    if (fs::path(file.name).stem() == "main") return file;
    if (first == nullptr) first = &file;
  }
  return first == nullptr ? sources.front() : *first;
}

/// Names that a compiler would take for an option or a file of options become paths.
std::string AsArgument(const std::string& name) {
  return name.starts_with('-') || name.starts_with('@') ? "./" + name : name;
}

/// A word of a command with {binary}, {main} or {class} replaced.
std::string Filled(const Language& language, const std::string& word,
                   const std::vector<SourceFile>& sources) {
  std::string out = word;
  const auto replace = [&out](std::string_view name, const auto& value) {
    const std::size_t at = out.find(name);
    if (at != std::string::npos) out.replace(at, name.size(), value());
  };
  replace("{binary}", [] { return std::string(kProgramFile); });
  replace("{main}", [&] { return AsArgument(MainFile(language, sources).name); });
  replace("{main_stem}",
          [&] { return fs::path(MainFile(language, sources).name).stem().string(); });
  replace("{home}", [&] { return language.Home(); });
  replace("{class}", [&] { return MainClass(sources); });
  return out;
}

RunSpec CompilerSpec(const Language& language, const std::vector<std::string>& argv) {
  RunSpec spec = ToolSpec(argv, language.compile_limits);
  spec.proc = language.proc != Proc::kNever;
  for (const std::string& setting : language.compile_environment) {
    spec.environment.push_back(Filled(language, setting, {}));
  }
  return spec;
}

/// The source that the command names. None when it is an archive besides: Python looks for that
/// before it opens the file.
std::string Gate(const std::vector<std::string>& argv, const std::vector<SourceFile>& sources) {
  for (const SourceFile& file : sources) {
    if (std::ranges::find(argv, file.name) == argv.end()) continue;
    return file.text.find("PK\5\6") == std::string::npos ? file.name : std::string();
  }
  return {};
}

}  // namespace

fs::path DefaultCacheFolder() {
  if (geteuid() == 0) return "/var/cache/tesuji";
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg == '/') {
    return fs::path(xdg) / "tesuji";
  }
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? fs::path(home) / ".cache/tesuji" : fs::path();
}

Compiler::Compiler(LanguageTable languages, CompilerOptions options)
    : languages_(std::move(languages)),
      headers_(options.cache_folder.empty() || !options.precompiled_headers
                   ? fs::path()
                   : options.cache_folder / "pch") {
  if (options.cache_folder.empty()) return;
  cache_ = std::make_unique<CompileCache>(options.cache_folder / "programs", options.cache_bytes);
}

std::vector<Mount> Compiler::mounts() const {
  std::vector<Mount> mounts = headers_.mounts();
  for (const Language& language : languages_.all()) {
    if (!language.Missing().empty()) continue;
    for (Mount& mount : LanguageMounts(language)) {
      const auto same = std::find_if(mounts.begin(), mounts.end(),
                                     [&](const Mount& other) { return other.to == mount.to; });
      if (same == mounts.end()) {
        mounts.push_back(std::move(mount));
      } else {
        same->programs_see = same->programs_see || mount.programs_see;
      }
    }
  }
  return mounts;
}

std::vector<std::string> Compiler::Expand(const Language& language,
                                          const std::vector<std::string>& command,
                                          const std::vector<SourceFile>& sources,
                                          const std::vector<std::string>& extra,
                                          const std::string& pch) const {
  std::vector<std::string> argv;
  for (const std::string& word : command) {
    if (word == "{files}") {
      for (const SourceFile& file : sources) {
        if (!language.IsSource(file.name)) continue;
        argv.push_back(AsArgument(file.name));
      }
      argv.insert(argv.end(), extra.begin(), extra.end());
    } else if (word == "{pch}") {
      if (!pch.empty()) argv.push_back("-I" + pch);
    } else if (word == "{linker}") {
      if (access("/usr/bin/mold", X_OK) == 0) argv.push_back("-fuse-ld=mold");
    } else if (word.ends_with("?")) {
      // A library that is linked only when a source asks for it.
      for (const SourceFile& file : sources) {
        if (word == "-lcrypto?" && file.text.find("openssl/") != std::string::npos) {
          argv.push_back(word.substr(0, word.size() - 1));
          break;
        }
      }
    } else {
      argv.push_back(Filled(language, word, sources));
    }
  }
  return argv;
}

std::string Compiler::CompilerVersion(Workplace& workplace, const Language& language,
                                      std::string* why) {
  if (language.version.empty()) return language.id;
  const std::string key = fmt::format("{}", fmt::join(language.version, " "));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = versions_.find(key);
    if (found != versions_.end()) return found->second;
  }
  const RunResult result =
      workplace.Run(ContainerKind::kTool, CompilerSpec(language, language.version));
  if (!result.ExitedWith(0)) {
    *why = fmt::format("{} does not answer: {} {}", language.version.front(),
                       DescribeEnding(result), Shorten(result));
    return {};
  }
  // Some say it on standard error.
  const std::string& said =
      result.standard_output.empty() ? result.standard_error : result.standard_output;
  std::string version = FirstLineWithoutWarning(said);
  const std::lock_guard<std::mutex> lock(mutex_);
  return versions_[key] = version;
}

bool Compiler::CanaryCompiles(Workplace& workplace, const Language& language) {
  const std::string name = language.CanaryFile();
  const std::vector<SourceFile> sources = {{name, language.canary}};
  const UniqueFd text = MakeMemoryFile(language.canary, "canary");
  RunSpec spec = CompilerSpec(language, Expand(language, language.compile, sources, {}, ""));
  spec.files = {{name, text.get()}};
  return workplace.Run(ContainerKind::kTool, spec).ExitedWith(0);
}

RunResult Compiler::RunCompiler(Workplace& workplace, const Language& language,
                                const std::vector<SourceFile>& sources,
                                const CompileOptions& options, const std::string& pch) {
  RunSpec spec =
      CompilerSpec(language, Expand(language, language.compile, sources, options.extra, pch));
  Limits& limits = spec.limits;
  if (options.seconds) {
    limits.cpu = std::chrono::milliseconds(static_cast<std::int64_t>(*options.seconds * 1000));
    limits.wall = ToolWall(limits.cpu);
  }
  if (options.memory_bytes) limits.memory_bytes = *options.memory_bytes;
  std::vector<UniqueFd> texts;
  for (const auto* list : {&sources, &options.headers}) {
    for (const SourceFile& file : *list) {
      texts.push_back(MakeMemoryFile(file.text, "source"));
      spec.files.push_back({file.name, texts.back().get()});
    }
  }
  if (language.makes_binary) spec.fetch = {kProgramFile};
  spec.fetch_bytes = kBinaryBytes;
  return workplace.Run(ContainerKind::kTool, spec);
}

bool Compiler::Make(Workplace& workplace, const Language& language,
                    const std::vector<SourceFile>& sources, const CompileOptions& options,
                    CompileOutcome* outcome, std::string* binary) {
  bool whole = false;
  for (int refusals = 0;;) {
    const auto pch = headers_.For(workplace, language, outcome->compiler, sources, whole);
    RunResult result = RunCompiler(workplace, language, sources, options, pch.include);
    if (!result.broken.empty() || result.ending == Ending::kCannotStart ||
        result.ending == Ending::kCancelled) {
      outcome->messages = fmt::format("{}: {}", language.compile.front(), DescribeEnding(result));
      return false;
    }
    if (result.ExitedWith(0) && (!language.makes_binary || result.fetched[0].fd.valid())) {
      outcome->messages.clear();
      *binary = language.makes_binary ? ReadDescriptor(result.fetched[0].fd.get(),
                                                       static_cast<std::size_t>(kBinaryBytes))
                                            .value_or("")
                                      : std::string("ok");
      return true;
    }
    outcome->messages = TooLarge(result, language.compile_limits, sources);
    const bool too_large = !outcome->messages.empty();
    if (!too_large) outcome->messages = Shorten(result);
    outcome->ending = result.ending;
    outcome->exit_code = result.exit_code;
    if (pch.light && result.ending == Ending::kExited) {
      whole = true;
      continue;
    }
    if (!CanaryCompiles(workplace, language)) {
      outcome->messages = "the compiler fails on any program: " + outcome->messages;
      return false;
    }
    // A compiler that was away for a moment only says no once.
    if (++refusals == 2 || too_large || result.ending != Ending::kExited ||
        PointsAtASource(outcome->messages, sources)) {
      outcome->state = CompileOutcome::State::kRejected;
      return false;
    }
  }
}

CompileOutcome Compiler::Compile(Workplace& workplace, const Language& language,
                                 const std::vector<SourceFile>& given,
                                 const CompileOptions& options) {
  CompileOutcome outcome;
  const std::vector<SourceFile> sources =
      language.file_named_by_class ? NamedByClass(given) : given;
  outcome.compiler = CompilerVersion(workplace, language, &outcome.messages);
  if (!outcome.messages.empty()) return outcome;
  outcome.command = fmt::format(
      "{}", fmt::join(Expand(language, language.compile, sources, options.extra, ""), " "));
  Sha256 hash;
  hash.Update(outcome.compiler).Update("\n").Update(outcome.command);
  for (const auto* list : {&sources, &options.headers}) {
    for (const SourceFile& file : *list) {
      hash.Update(fmt::format("\n{} {}\n", file.name, file.text.size())).Update(file.text);
    }
  }
  const std::string key = hash.FinishHex();
  const bool needed = !language.compile.empty() && (language.makes_binary || options.check_sources);
  std::optional<std::string> binary =
      cache_ == nullptr || !needed ? std::nullopt : cache_->Get(key);
  outcome.from_cache = binary.has_value();
  if (!binary && needed) {
    binary.emplace();
    if (!Make(workplace, language, sources, options, &outcome, &*binary)) return outcome;
    if (cache_ != nullptr) cache_->Put(key, *binary);
  }
  auto program = std::make_shared<Program>();
  program->language = &language;
  program->home = language.Home();
  program->argv = Expand(language, language.run, sources, {}, "");
  program->executable = language.run.front() == "{binary}" || !language.makes_binary;
  if (language.makes_binary) {
    program->binary = MakeMemoryFile(*binary, "program");
    program->sha256 = Sha256Hex(*binary);
    program->static_bytes = StaticBytes(*binary);
    if (language.starts_ahead && !program->executable) program->gate = kProgramFile;
  } else {
    for (const auto* list : {&sources, &options.headers}) {
      for (const SourceFile& file : *list) {
        program->files.emplace_back(file.name, MakeMemoryFile(file.text, "source"));
      }
    }
    program->sha256 = key;
    if (language.starts_ahead) program->gate = Gate(program->argv, sources);
  }
  outcome.program = std::move(program);
  outcome.state = CompileOutcome::State::kDone;
  return outcome;
}

}  // namespace tesuji::verifier
