#include "verifier/compile/compiler.h"

#include <elf.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>

#include "core/files.h"
#include "core/sha256.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

constexpr char kBinary[] = "program";  // In the box, where every run starts.
constexpr std::size_t kMessageBytes = 2000;
constexpr std::int64_t kBinaryBytes = 64LL << 20;

std::string Shorten(const RunResult& result) {
  std::string text = result.standard_error + result.standard_output;
  if (text.size() > kMessageBytes) text = text.substr(0, kMessageBytes) + "\n[…]";
  if (result.ending != Ending::kExited) text += "\ncompiler: " + DescribeEnding(result);
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

/// True when the messages are a diagnosis of a source and not the moan of a broken compiler.
bool PointsAtASource(const std::string& messages, const std::vector<SourceFile>& sources) {
  if (messages.find("fatal error:") != std::string::npos) return false;
  for (const SourceFile& file : sources) {
    const std::size_t at = messages.find(file.name + ":");
    if (at != std::string::npos && messages.find(" error: ", at) != std::string::npos) return true;
  }
  return messages.find("SyntaxError") != std::string::npos;
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

}  // namespace

fs::path DefaultCacheFolder() {
  if (geteuid() == 0) return "/var/cache/tesuji";
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg == '/') {
    return fs::path(xdg) / "tesuji";
  }
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? fs::path(home) / ".cache/tesuji" : fs::path();
}

void Program::AddTo(RunSpec* spec) const {
  spec->argv = argv;
  spec->environment = language->environment;
  spec->environment.insert(spec->environment.end(), {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"});
  spec->program_fd = binary.get();
  for (const auto& [name, fd] : files) spec->files.push_back({name, fd.get(), false});
}

Compiler::Compiler(LanguageTable languages, CompilerOptions options)
    : languages_(std::move(languages)),
      headers_(options.cache_folder.empty() || !options.precompiled_headers
                   ? fs::path()
                   : options.cache_folder / "pch") {
  if (options.cache_folder.empty()) return;
  cache_ = std::make_unique<CompileCache>(options.cache_folder / "programs", options.cache_bytes);
}

std::vector<std::string> Compiler::Expand(const Language& language,
                                          const std::vector<SourceFile>& sources,
                                          const std::vector<std::string>& extra,
                                          const std::string& pch) const {
  std::vector<std::string> argv;
  for (const std::string& word : language.compile) {
    if (word == "{files}") {
      for (const SourceFile& file : sources) {
        if (!language.IsSource(file.name)) continue;
        argv.push_back(AsArgument(file.name));
      }
      argv.insert(argv.end(), extra.begin(), extra.end());
    } else if (word == "{main}") {
      argv.push_back(AsArgument(MainFile(language, sources).name));
    } else if (word == "{binary}") {
      argv.push_back(kBinary);
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
      argv.push_back(word);
    }
  }
  return argv;
}

std::string Compiler::CompilerVersion(Workplace& workplace, const Language& language) {
  if (language.version.empty()) return language.id;
  const std::string key = fmt::format("{}", fmt::join(language.version, " "));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = versions_.find(key);
    if (found != versions_.end()) return found->second;
  }
  const RunResult result =
      workplace.Run(ContainerKind::kTool, ToolSpec(language.version, language.compile_limits));
  if (!result.ExitedWith(0)) return {};
  std::string version = result.standard_output.substr(0, result.standard_output.find('\n'));
  const std::lock_guard<std::mutex> lock(mutex_);
  return versions_[key] = version;
}

bool Compiler::CanaryCompiles(Workplace& workplace, const Language& language) {
  const std::string name =
      "canary" + (language.extensions.empty() ? std::string(".cc") : language.extensions.front());
  const std::vector<SourceFile> sources = {{name, language.canary}};
  const UniqueFd text = MakeMemoryFile(language.canary, "canary");
  RunSpec spec = ToolSpec(Expand(language, sources, {}, ""), language.compile_limits);
  spec.files = {{name, text.get()}};
  return workplace.Run(ContainerKind::kTool, spec).ExitedWith(0);
}

RunResult Compiler::RunCompiler(Workplace& workplace, const Language& language,
                                const std::vector<SourceFile>& sources,
                                const CompileOptions& options, const std::string& pch) {
  Limits limits = language.compile_limits;
  if (options.seconds) {
    limits.cpu = std::chrono::milliseconds(static_cast<std::int64_t>(*options.seconds * 1000));
  }
  if (options.memory_bytes) limits.memory_bytes = *options.memory_bytes;
  RunSpec spec = ToolSpec(Expand(language, sources, options.extra, pch), limits);
  std::vector<UniqueFd> texts;
  for (const auto* list : {&sources, &options.headers}) {
    for (const SourceFile& file : *list) {
      texts.push_back(MakeMemoryFile(file.text, "source"));
      spec.files.push_back({file.name, texts.back().get()});
    }
  }
  if (language.makes_binary) spec.fetch = {kBinary};
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
    outcome->messages = Shorten(result);
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
    if (++refusals == 2 || result.ending != Ending::kExited ||
        PointsAtASource(outcome->messages, sources)) {
      outcome->state = CompileOutcome::State::kRejected;
      return false;
    }
  }
}

CompileOutcome Compiler::Compile(Workplace& workplace, const Language& language,
                                 const std::vector<SourceFile>& sources,
                                 const CompileOptions& options) {
  CompileOutcome outcome;
  outcome.compiler = CompilerVersion(workplace, language);
  if (outcome.compiler.empty() && !language.version.empty()) {
    outcome.messages = fmt::format("{} does not answer", language.version.front());
    return outcome;
  }
  outcome.command = fmt::format("{}", fmt::join(Expand(language, sources, options.extra, ""), " "));
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
  for (const std::string& word : language.run) {
    program->argv.push_back(word == "{binary}" ? kBinary
                            : word == "{main}" ? AsArgument(MainFile(language, sources).name)
                                               : word);
  }
  if (language.makes_binary) {
    program->binary = MakeMemoryFile(*binary, "program");
    program->sha256 = Sha256Hex(*binary);
    program->static_bytes = StaticBytes(*binary);
  } else {
    for (const auto* list : {&sources, &options.headers}) {
      for (const SourceFile& file : *list) {
        program->files.emplace_back(file.name, MakeMemoryFile(file.text, "source"));
      }
    }
    program->sha256 = key;
  }
  outcome.program = std::move(program);
  outcome.state = CompileOutcome::State::kDone;
  return outcome;
}

}  // namespace tesuji::verifier
