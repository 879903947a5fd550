#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <iostream>
#include <map>

#include "cli/command.h"
#include "cli/new_env_templates.h"
#include "core/files.h"
#include "core/program_folder.h"
#include "core/version.h"

namespace tesuji::cli {
namespace {

namespace fs = std::filesystem;

bool IsGoodName(const std::string& name) {
  if (name.empty() || name.size() > 40 || name[0] < 'a' || name[0] > 'z') return false;
  for (const char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
  }
  return true;
}

// "peg-solitaire" makes the class PegSolitaire in peg_solitaire.cc.
std::string ClassName(const std::string& name) {
  std::string out;
  bool start = true;
  for (const char c : name) {
    if (c == '-' || c == '_') {
      start = true;
      continue;
    }
    out += start ? static_cast<char>(std::toupper(c)) : c;
    start = false;
  }
  return out;
}

std::string FileName(std::string name) {
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

/// Where find_package() finds this very program's SDK, when it runs as installed.
std::string InstalledPrefix() {
  std::error_code failed;
  const fs::path prefix = ProgramFolder().parent_path();
  const bool installed = fs::exists(prefix / "include" / "tesuji" / "api" / "plugin.h", failed);
  return installed ? prefix.string() : std::string();
}

std::string Fill(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [key, value] : values) {
    const std::string mark = fmt::format("@{}@", key);
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size()) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

std::string TargetFile(const std::string& name, const std::string& file) {
  if (name == "environment.h") return file + ".h";
  if (name == "environment.cc") return file + ".cc";
  if (name == "test.cc") return file + "_test.cc";
  if (name == "gitignore") return ".gitignore";
  return name;
}

int NewEnv(const std::string& name, const std::string& folder, const env::Registry& registry) {
  if (!IsGoodName(name)) {
    return Complain(
        fmt::format("new-env {}: expected a lower-case word such as peg-solitaire: "
                    "letters, digits, - and _, a letter first",
                    name));
  }
  if (registry.Find(name) != nullptr) {
    return Complain(
        fmt::format("new-env {}: tesuji has an environment of that name already", name));
  }
  const fs::path target = folder.empty() ? fs::path(name) : fs::path(folder);
  std::error_code failed;
  if (fs::exists(target, failed) && !(fs::is_directory(target, failed) && fs::is_empty(target))) {
    return Complain(fmt::format("{}: exists and is not an empty folder", target.string()));
  }
  fs::create_directories(target, failed);
  if (failed) return Complain(fmt::format("{}: {}", target.string(), failed.message()), kMachine);
  const std::string prefix = InstalledPrefix();
  const std::string hint =
      prefix.empty() ? " -DCMAKE_PREFIX_PATH=PREFIX  # where tesuji is installed (cmake --install)"
                     : " -DCMAKE_PREFIX_PATH=" + prefix;
  const std::string file = FileName(name);
  const std::map<std::string, std::string> values = {{"NAME", name},
                                                     {"CLASS", ClassName(name)},
                                                     {"FILE", file},
                                                     {"VERSION", kSoftwareVersion},
                                                     {"PREFIX_HINT", hint}};
  for (const Template& entry : NewEnvTemplates()) {
    const fs::path path = target / TargetFile(entry.name, file);
    WriteFileAtomically(path, Fill(entry.text, values));
  }
  std::cout << fmt::format(
      "{0} is a complete project; it plays Domineering until you change {1}.cc. Next:\n"
      "  cd {0}\n  cmake -B build -G Ninja{2}\n  cmake --build build && ctest --test-dir build\n"
      "  tesuji check-env {3} --plugin build/{3}.so\n  tesuji run campaign.toml --minutes 1\n",
      target.string(), file, hint, name);
  return kDone;
}

}  // namespace

void AddNewEnvCommand(Command app, Context* context) {
  auto name = std::make_shared<std::string>();
  auto folder = std::make_shared<std::string>();
  auto command = AddCommand(app, context, "new-env",
                            "Write a complete project for an environment of your own.",
                            [=] { return NewEnv(*name, *folder, context->registry); });
  command.Add("name", *name, "Its id: a lower-case word.").Required();
  command.Add("folder", *folder, "Where; default: a folder of that name.");
  command.Footer("Example: tesuji new-env peg-solitaire ~/peg-solitaire");
}

}  // namespace tesuji::cli
