#include "cli/judge_languages.h"

#include <fmt/format.h>

#include <iostream>

#include "cli/command.h"
#include "core/printable.h"
#include "verifier/compile/language_check.h"

namespace tesuji::cli {

Status ListLanguages(const verifier::LanguageTable& languages,
                     const verifier::SandboxOptions& options, bool json) {
  auto sandbox = verifier::Sandbox::Open(options);
  if (!sandbox) return tl::unexpected(sandbox.error());
  verifier::Compiler compiler(languages, {});
  verifier::Workplace workplace(*sandbox, 0, compiler.mounts());
  for (const verifier::Language& language : compiler.languages().all()) {
    const verifier::LanguageCheck check = verifier::CheckLanguage(compiler, workplace, language);
    if (json) {
      PrintJson({{"language", language.id},
                 {"name", language.name},
                 {"aliases", language.aliases},
                 {"extensions", language.extensions},
                 {"works", check.works},
                 {"version", check.version},
                 {"reason", check.reason}});
    } else {
      std::cout << fmt::format("{:<16}{:<4}{}\n", language.id, check.works ? "yes" : "no",
                               Printable(check.works ? check.version : check.reason));
    }
    std::cout.flush();
  }
  return {};
}

}  // namespace tesuji::cli
