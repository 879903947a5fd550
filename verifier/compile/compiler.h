// Compiles submissions in the tool container, with precompiled headers and a cache.
//
// A compiler that says no is believed only when it accepts a canary program afterwards, and when it
// points at a line of the sources or says no twice: a compiler that is missing (even for a moment)
// or out of disk is our failure (kBroken), never a compile error.
// Thread-safety: Compile() may be called from any number of threads, each with its own Workplace.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "verifier/compile/cache.h"
#include "verifier/compile/language.h"
#include "verifier/compile/precompiled.h"
#include "verifier/compile/program.h"
#include "verifier/compile/workplace.h"

namespace tesuji::verifier {

struct CompileOutcome {
  enum class State { kDone, kRejected, kBroken };
  State state = State::kBroken;
  std::shared_ptr<const Program> program;  ///< When kDone.
  std::string messages;                    ///< Short; why, when not kDone.
  bool from_cache = false;
  std::string command;              ///< As run, for evidence.
  std::string compiler;             ///< First line of its version.
  Ending ending = Ending::kExited;  ///< Of the compiler's last run, when kRejected.
  int exit_code = 0;
};

struct CompilerOptions {
  std::filesystem::path cache_folder;  ///< Empty: no cache, no precompiled headers.
  std::int64_t cache_bytes = 1LL << 30;
  bool precompiled_headers = true;
};

struct CompileOptions {
  std::vector<std::string> extra = {};   ///< Flags that follow the language's own.
  std::vector<SourceFile> headers = {};  ///< Placed beside the sources, not compiled themselves.
  std::optional<double> seconds = {};    ///< Instead of the language's limits.
  std::optional<std::int64_t> memory_bytes = {};
  /// False: sources that are run as they are are not looked at before.
  bool check_sources = true;
};

/// $XDG_CACHE_HOME/tesuji, ~/.cache/tesuji, or /var/cache/tesuji for root.
std::filesystem::path DefaultCacheFolder();

class Compiler {
 public:
  Compiler(LanguageTable languages, CompilerOptions options);

  const LanguageTable& languages() const { return languages_; }
  /// What containers must see: precompiled headers, and what installed languages mount.
  std::vector<Mount> mounts() const;
  CompileOutcome Compile(Workplace& workplace, const Language& language,
                         const std::vector<SourceFile>& given, const CompileOptions& options = {});

 private:
  std::vector<std::string> Expand(const Language& language, const std::vector<std::string>& command,
                                  const std::vector<SourceFile>& sources,
                                  const std::vector<std::string>& extra,
                                  const std::string& pch) const;
  /// Its first line; with `why` set when there is none.
  std::string CompilerVersion(Workplace& workplace, const Language& language, std::string* why);
  RunResult RunCompiler(Workplace& workplace, const Language& language,
                        const std::vector<SourceFile>& sources, const CompileOptions& options,
                        const std::string& pch);
  /// The binary, or false with state and messages of `outcome` saying why not.
  bool Make(Workplace& workplace, const Language& language, const std::vector<SourceFile>& sources,
            const CompileOptions& options, CompileOutcome* outcome, std::string* binary);
  bool CanaryCompiles(Workplace& workplace, const Language& language);

  const LanguageTable languages_;
  PrecompiledHeaders headers_;
  std::unique_ptr<CompileCache> cache_;
  std::mutex mutex_;
  std::map<std::string, std::string> versions_;
};

}  // namespace tesuji::verifier
