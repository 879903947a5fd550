#include "verifier/judge/scripted_program.h"

#include <fmt/format.h>

#include "core/sha256.h"
#include "verifier/compile/precompiled.h"
#include "verifier/judge/report.h"

namespace tesuji::verifier {
namespace {

constexpr std::int64_t kLargestProgram = 256LL << 20;
constexpr std::size_t kMostScriptedFiles = 150;  // They travel as descriptors of one message.
constexpr char kPacked[] = "packed.tar";

constexpr char kBuildScript[] =
    "cd source || exit 1\n"
    "if [ -e build ]; then ./build || exit; fi\n"
    "if [ ! -x run ]; then echo \"there is no executable file 'run'\" >&2; exit 1; fi\n"
    "tar -cf ../packed.tar .\n";

/// Lies beside the packed program. The names that validators get are relative to the box; a script
/// may go into a folder of its own before it uses them.
constexpr char kStartFile[] = "start.sh";
constexpr char kStartScript[] =
    "here=$(cd \"$(dirname \"$0\")\" && pwd) || exit 1\n"
    "mkdir \"$here/made\" || exit 1\n"
    "tar -C \"$here/made\" --no-same-owner --no-same-permissions -m -xf \"$here/program\" || exit "
    "1\n"
    "for word in \"$@\"; do\n"
    "  shift\n"
    "  case $word in judge/* | feedback/) word=$PWD/$word ;; esac\n"
    "  set -- \"$@\" \"$word\"\n"
    "done\n"
    "exec \"$here/made/run\" \"$@\"\n";

/// What programs with scripts need of a run; they bring the rest themselves.
const Language& ScriptedLanguage() {
  static const Language kLanguage = [] {
    Language language;
    language.id = language.name = "scripts";
    language.processes = 64;
    return language;
  }();
  return kLanguage;
}

Limits BuildLimits() {
  Limits limits;
  limits.cpu = std::chrono::seconds(60);
  limits.memory_bytes = 2LL << 30;
  limits.box_bytes = 2 * kLargestProgram;
  limits.box_files = 20'000;
  limits.processes = 128;
  return limits;
}

}  // namespace

Result<std::shared_ptr<const Program>> BuildScriptedProgram(Workplace& workplace,
                                                            const std::vector<SourceFile>& files) {
  if (files.size() > kMostScriptedFiles) {
    return Fail(fmt::format("has {} files; beside build and run scripts at most {} are supported",
                            files.size(), kMostScriptedFiles));
  }
  RunSpec spec = ToolSpec({"/usr/bin/sh", "-c", kBuildScript}, BuildLimits());
  // The format's names of the compilers are links into a folder that containers do not see.
  spec.environment[0] = "PATH=/box/.compilers:/usr/bin:/bin";
  spec.proc = true;
  std::vector<UniqueFd> held;
  const auto add = [&](const std::string& name, const std::string& text) {
    held.push_back(MakeMemoryFile(text, "source"));
    spec.files.push_back({name, held.back().get(), true});
  };
  add(".compilers/cc", "#!/bin/sh\nexec /usr/bin/gcc \"$@\"\n");
  add(".compilers/c++", "#!/bin/sh\nexec /usr/bin/g++ \"$@\"\n");
  for (const SourceFile& file : files) add("source/" + file.name, file.text);
  spec.fetch = {kPacked};
  spec.fetch_bytes = kLargestProgram;
  RunResult result = workplace.Run(ContainerKind::kTool, spec);
  if (!result.ExitedWith(0)) {
    return Fail(fmt::format("cannot be built by its scripts: {}{}",
                            result.broken.empty() ? DescribeEnding(result) : result.broken,
                            LastWords(result)));
  }
  if (result.fetched.empty() || result.fetched[0].state != FetchedFile::State::kHere) {
    return Fail(fmt::format("cannot be built by its scripts: what they make has more than {} MiB",
                            kLargestProgram >> 20));
  }
  auto packed = ReadDescriptor(result.fetched[0].fd.get(), kLargestProgram);
  if (!packed) return tl::unexpected(packed.error());
  auto program = std::make_shared<Program>();
  program->language = &ScriptedLanguage();
  program->executable = false;
  program->binary = MakeMemoryFile(*packed, "program");
  program->files.emplace_back(kStartFile, MakeMemoryFile(kStartScript, "script"));
  program->argv = {"/usr/bin/sh", kStartFile};
  program->sha256 = Sha256Hex(*packed);
  return std::shared_ptr<const Program>(std::move(program));
}

}  // namespace tesuji::verifier
