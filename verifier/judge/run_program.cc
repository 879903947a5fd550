#include "verifier/judge/run_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace tesuji::verifier {
namespace {

// With these, 128 files make at most 1024 entries of the 2048 that a box has.
constexpr std::size_t kMostRunFiles = 128;
constexpr int kDeepest = 8;
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kMostFetched = 64;

bool HasControlCharacter(const std::string& name) {
  return std::any_of(name.begin(), name.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::vector<std::string> Parts(const std::string& name) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    parts.push_back(name.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::string UnfitPath(const std::string& name) {
  if (name.empty() || name.size() > kLongestName) {
    return fmt::format("a file's name has 1 to {} bytes", kLongestName);
  }
  if (HasControlCharacter(name)) return "a file's name has no control characters";
  if (name.front() == '/') return fmt::format("'{}' is absolute; names are relative", name);
  const std::vector<std::string> parts = Parts(name);
  if (parts.size() > kDeepest) {
    return fmt::format("'{}' lies deeper than {} folders", name, kDeepest);
  }
  for (const std::string& part : parts) {
    if (part.empty() || part == "." || part == "..") {
      return fmt::format("'{}' has a part that is empty, '.' or '..'", name);
    }
  }
  return {};
}

ProgramOutput::Compilation Describe(const CompileOutcome& outcome) {
  ProgramOutput::Compilation out;
  out.from_cache = outcome.from_cache;
  out.rejected = outcome.state == CompileOutcome::State::kRejected;
  out.out_of_time =
      out.rejected && (outcome.ending == Ending::kCpuLimit || outcome.ending == Ending::kWallLimit);
  out.exit_code = out.rejected ? std::max(1, outcome.exit_code) : 0;
  out.messages = outcome.messages;
  return out;
}

}  // namespace

std::string UnfitFileName(const std::string& name) {
  std::string why = UnfitPath(name);
  if (!why.empty()) return why;
  const std::string first = Parts(name).front();
  if (first == "tmp" || first == "program") {
    return fmt::format("'{}': 'tmp' and 'program' are the box's own names", name);
  }
  return {};
}

std::string UnfitTogether(const std::vector<SourceFile>& files) {
  if (files.size() > kMostRunFiles) {
    return fmt::format("{} files, at most {} are taken", files.size(), kMostRunFiles);
  }
  std::set<std::string> taken;
  std::set<std::string> folders;
  for (const SourceFile& file : files) {
    if (std::string why = UnfitFileName(file.name); !why.empty()) return why;
    if (!taken.insert(file.name).second) return fmt::format("'{}' is there twice", file.name);
    for (auto at = file.name.find('/'); at != std::string::npos; at = file.name.find('/', at + 1)) {
      folders.insert(file.name.substr(0, at));
    }
  }
  for (const std::string& folder : folders) {
    if (taken.contains(folder)) return fmt::format("'{}' is a file and a folder at once", folder);
  }
  return {};
}

std::string UnfitFiles(const ProgramRun& program) {
  if (std::string why = UnfitTogether(program.files); !why.empty()) return why;
  const std::string source = SourceName(*program.language);
  for (const SourceFile& file : program.files) {
    if (file.name == source || file.name.starts_with(source + "/")) {
      return fmt::format("'{}' is the name of the code's own file", source);
    }
  }
  if (program.fetch.size() > kMostFetched) {
    return fmt::format("{} files wanted back, at most {} are given", program.fetch.size(),
                       kMostFetched);
  }
  for (const std::string& name : program.fetch) {
    if (std::string why = UnfitPath(name); !why.empty()) return why;
  }
  return {};
}

ProgramOutput RunProgram(Compiler& compiler, Workplace& workplace, const ProgramRun& program) {
  ProgramOutput output;
  CompileOptions options;
  options.headers = program.files;
  options.seconds = program.compile_seconds;
  options.check_sources = false;
  const auto start = std::chrono::steady_clock::now();
  const CompileOutcome outcome = compiler.Compile(
      workplace, *program.language, {{SourceName(*program.language), program.code}}, options);
  if (program.language->makes_binary) {
    output.compilation = Describe(outcome);
    output.compilation->wall = std::chrono::steady_clock::now() - start;
  }
  if (outcome.state == CompileOutcome::State::kBroken) {
    output.broken = outcome.messages.empty() ? "the compiler does not answer" : outcome.messages;
    return output;
  }
  if (outcome.state == CompileOutcome::State::kRejected) return output;

  RunSpec spec;
  spec.limits = program.limits;
  outcome.program->AddTo(&spec);
  std::vector<UniqueFd> contents;
  if (program.language->makes_binary) {  // Otherwise the program brings them.
    for (const SourceFile& file : program.files) {
      contents.push_back(MakeMemoryFile(file.text, "file"));
      spec.files.push_back({file.name, contents.back().get()});
    }
  }
  UniqueFd input;
  if (!program.standard_input.empty()) {
    input = ReopenReadOnly(MakeMemoryFile(program.standard_input, "input").get());
    spec.stdin_fd = input.get();
  }
  for (const SourceFile& file : program.files) {
    spec.limits.box_bytes += static_cast<std::int64_t>(file.text.size());
  }
  spec.stderr_kept_bytes = static_cast<std::size_t>(spec.limits.output_bytes);
  spec.fetch = program.fetch;
  spec.fetch_bytes = program.fetch_bytes;
  RunResult run = workplace.Run(ContainerKind::kRun, spec);
  if (!run.broken.empty()) {
    output.broken = run.broken;
    return output;
  }
  for (std::size_t i = 0; i < run.fetched.size() && i < program.fetch.size(); ++i) {
    if (run.fetched[i].state != FetchedFile::State::kHere) continue;
    auto bytes =
        ReadDescriptor(run.fetched[i].fd.get(), static_cast<std::size_t>(program.fetch_bytes));
    if (bytes) output.fetched.push_back({program.fetch[i], std::move(*bytes)});
  }
  run.fetched.clear();
  output.run = std::move(run);
  return output;
}

}  // namespace tesuji::verifier
