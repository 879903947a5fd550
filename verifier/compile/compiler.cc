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
constexpr char kPchRoot[] = "/pch";
constexpr std::size_t kMessageBytes = 2000;
constexpr std::int64_t kBinaryBytes = 64LL << 20;

RunSpec ToolSpec(const std::vector<std::string>& argv, const Limits& limits) {
  RunSpec spec;
  spec.argv = argv;
  spec.environment = {"PATH=/usr/bin:/bin", "TMPDIR=/tmp", "LC_ALL=C.UTF-8", "HOME=/box"};
  spec.limits = limits;
  return spec;
}

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

/// True when the messages are a diagnosis of a source and not the moan of a broken compiler.
bool PointsAtASource(const std::string& messages, const std::vector<SourceFile>& sources) {
  if (messages.find("fatal error:") != std::string::npos) return false;
  for (const SourceFile& file : sources) {
    const std::size_t at = messages.find(file.name + ":");
    if (at != std::string::npos && messages.find(" error: ", at) != std::string::npos) return true;
  }
  return messages.find("SyntaxError") != std::string::npos;
}

bool IsSource(const Language& language, const std::string& name) {
  const std::string extension = fs::path(name).extension().string();
  for (const std::string& known : language.extensions) {
    if (known == extension) return true;
  }
  return language.extensions.empty() && extension != ".h" && extension != ".hpp";
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
    : languages_(std::move(languages)), options_(std::move(options)) {
  if (options_.cache_folder.empty()) return;
  cache_ = std::make_unique<CompileCache>(options_.cache_folder / "programs", options_.cache_bytes);
  std::error_code ignored;
  fs::create_directories(options_.cache_folder / "pch", ignored);
}

std::vector<Mount> Compiler::mounts() const {
  const fs::path folder = options_.cache_folder / "pch";
  std::error_code ignored;
  if (options_.cache_folder.empty() || !options_.precompiled_headers ||
      !fs::exists(folder, ignored)) {
    return {};
  }
  // Containers of root run as somebody else, who must be able to reach the folder.
  if (geteuid() == 0) {
    for (fs::path part = fs::absolute(folder); part != part.root_path();
         part = part.parent_path()) {
      if ((fs::status(part, ignored).permissions() & fs::perms::others_exec) == fs::perms::none) {
        return {};
      }
    }
  }
  return {{folder.string(), kPchRoot}};
}

std::vector<std::string> Compiler::Expand(const Language& language,
                                          const std::vector<SourceFile>& sources,
                                          const std::vector<std::string>& extra,
                                          const std::string& pch) const {
  std::vector<std::string> argv;
  for (const std::string& word : language.compile) {
    if (word == "{files}") {
      for (const SourceFile& file : sources) {
        if (IsSource(language, file.name)) argv.push_back(file.name);
      }
      argv.insert(argv.end(), extra.begin(), extra.end());
    } else if (word == "{main}") {
      argv.push_back(sources.front().name);
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

std::string Compiler::PreparedHeader(Workplace& workplace, const Language& language,
                                     const std::vector<SourceFile>& sources) {
  if (mounts().empty() || language.precompile.empty()) return {};
  std::string header;
  for (const SourceFile& file : sources) {
    if (IsSource(language, file.name)) {
      header = FirstInclude(file.text);
      break;
    }
  }
  bool wanted = false;
  for (const std::string& known : language.precompiled_headers) wanted = wanted || known == header;
  if (!wanted) return {};
  const std::string key = Sha256Hex(fmt::format("{}\n{}\n{}", fmt::join(language.precompile, " "),
                                                CompilerVersion(workplace, language), header))
                              .substr(0, 16);
  const std::lock_guard<std::mutex> lock(header_mutex_);
  const std::string inside = fmt::format("{}/{}", kPchRoot, key);
  if (const auto known = headers_.find(key); known != headers_.end()) {
    return known->second ? inside : "";
  }
  const fs::path file = options_.cache_folder / "pch" / key / (header + ".gch");
  std::error_code ignored;
  if (fs::exists(file, ignored)) {
    headers_[key] = true;
    return inside;
  }
  headers_[key] = false;
  const std::string text = fmt::format("#include <{}>\n", header);
  const UniqueFd source = MakeMemoryFile(text, "header");
  std::vector<std::string> argv = language.precompile;
  for (std::string& word : argv) {
    if (word == "{header}") word = "all.h";
    if (word == "{binary}") word = kBinary;
  }
  RunSpec spec = ToolSpec(argv, language.compile_limits);
  spec.limits.cpu = std::chrono::seconds(60);
  spec.limits.box_bytes = 512LL << 20;
  spec.files = {{"all.h", source.get()}};
  spec.fetch = {"program"};
  spec.fetch_bytes = 512LL << 20;
  RunResult result = workplace.Run(ContainerKind::kTool, spec);
  if (!result.ExitedWith(0) || !result.fetched[0].fd.valid()) return {};
  auto bytes = ReadDescriptor(result.fetched[0].fd.get(), 512U << 20);
  if (!bytes) return {};
  try {
    fs::create_directories(file.parent_path(), ignored);
    WriteFileAtomically(file, *bytes);
    fs::permissions(file, fs::perms(0644), ignored);
  } catch (const MachineError&) {
    return {};  // Slower, not wrong.
  }
  headers_[key] = true;
  return inside;
}

bool Compiler::CanaryCompiles(Workplace& workplace, const Language& language) {
  const std::string name =
      "canary" + (language.extensions.empty() ? std::string(".cc") : language.extensions.front());
  const std::vector<SourceFile> sources = {{name, language.canary}};
  const UniqueFd text = MakeMemoryFile(language.canary, "canary");
  RunSpec spec =
      ToolSpec(Expand(language, sources, {}, PreparedHeader(workplace, language, sources)),
               language.compile_limits);
  spec.files = {{name, text.get()}};
  return workplace.Run(ContainerKind::kTool, spec).ExitedWith(0);
}

CompileOutcome Compiler::Compile(Workplace& workplace, const Language& language,
                                 const std::vector<SourceFile>& sources,
                                 const std::vector<std::string>& extra,
                                 const std::vector<SourceFile>& headers) {
  CompileOutcome outcome;
  outcome.compiler = CompilerVersion(workplace, language);
  if (outcome.compiler.empty() && !language.version.empty()) {
    outcome.messages = fmt::format("{} does not answer", language.version.front());
    return outcome;
  }
  const std::vector<std::string> plain = Expand(language, sources, extra, "");
  outcome.command = fmt::format("{}", fmt::join(plain, " "));
  Sha256 hash;
  hash.Update(outcome.compiler).Update("\n").Update(outcome.command);
  for (const auto* list : {&sources, &headers}) {
    for (const SourceFile& file : *list) {
      hash.Update(fmt::format("\n{} {}\n", file.name, file.text.size())).Update(file.text);
    }
  }
  const std::string key = hash.FinishHex();
  auto program = std::make_shared<Program>();
  program->language = &language;
  for (const std::string& word : language.run) {
    program->argv.push_back(word == "{binary}" ? "program"
                            : word == "{main}" ? sources.front().name
                                               : word);
  }
  std::optional<std::string> binary = cache_ == nullptr ? std::nullopt : cache_->Get(key);
  outcome.from_cache = binary.has_value();
  if (!binary && !language.compile.empty()) {
    RunSpec spec =
        ToolSpec(Expand(language, sources, extra, PreparedHeader(workplace, language, sources)),
                 language.compile_limits);
    std::vector<UniqueFd> texts;
    for (const auto* list : {&sources, &headers}) {
      for (const SourceFile& file : *list) {
        texts.push_back(MakeMemoryFile(file.text, "source"));
        spec.files.push_back({file.name, texts.back().get()});
      }
    }
    if (language.makes_binary) spec.fetch = {"program"};
    spec.fetch_bytes = kBinaryBytes;
    RunResult result;
    for (int attempt = 0; attempt < 2; ++attempt) {
      result = workplace.Run(ContainerKind::kTool, spec);
      if (!result.broken.empty() || result.ending == Ending::kCannotStart ||
          result.ending == Ending::kCancelled) {
        outcome.messages = fmt::format("{}: {}", language.compile.front(), DescribeEnding(result));
        return outcome;
      }
      if (result.ExitedWith(0) && (!language.makes_binary || result.fetched[0].fd.valid())) break;
      outcome.messages = Shorten(result);
      if (!CanaryCompiles(workplace, language)) {
        outcome.messages = "the compiler fails on any program: " + outcome.messages;
        return outcome;
      }
      // A compiler that was away for a moment only says no once.
      if (attempt == 1 || result.ending != Ending::kExited ||
          PointsAtASource(outcome.messages, sources)) {
        outcome.state = CompileOutcome::State::kRejected;
        return outcome;
      }
    }
    outcome.messages.clear();
    binary = language.makes_binary ? ReadDescriptor(result.fetched[0].fd.get(),
                                                    static_cast<std::size_t>(kBinaryBytes))
                                         .value_or("")
                                   : std::string("ok");
    if (cache_ != nullptr) cache_->Put(key, *binary);
  }
  if (language.makes_binary) {
    program->binary = MakeMemoryFile(*binary, "program");
    program->sha256 = Sha256Hex(*binary);
    program->static_bytes = StaticBytes(*binary);
  } else {
    for (const SourceFile& file : sources) {
      program->files.emplace_back(file.name, MakeMemoryFile(file.text, "source"));
    }
    program->sha256 = key;
  }
  outcome.program = std::move(program);
  outcome.state = CompileOutcome::State::kDone;
  return outcome;
}

}  // namespace tesuji::verifier
