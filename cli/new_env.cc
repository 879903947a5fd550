#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

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

// Names that CMake keeps for targets of its own, or that would overwrite a file of the project.
bool IsReserved(const std::string& name) {
  constexpr std::array<std::string_view, 12> kReserved = {
      "all",     "clean",          "depend",     "edit_cache", "help",          "install",
      "package", "package_source", "preinstall", "plugin",     "rebuild_cache", "test"};
  return std::ranges::find(kReserved, name) != kReserved.end();
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

constexpr std::string_view kJudged = "judged/";

/// The templates of a project by the names that they have there; a judged project has some of its
/// own and the rest in common.
std::map<std::string, const Template*> ChooseTemplates(bool judged) {
  std::map<std::string, const Template*> chosen;
  for (const Template& entry : NewEnvTemplates()) {
    if (!entry.name.starts_with(kJudged)) chosen[entry.name] = &entry;
  }
  for (const Template& entry : NewEnvTemplates()) {
    if (judged && entry.name.starts_with(kJudged)) {
      chosen[entry.name.substr(kJudged.size())] = &entry;
    }
  }
  return chosen;
}

std::string TargetFile(const std::string& name, const std::string& file) {
  if (name == "judge.h") return file + "_judge.h";
  if (name == "judge.cc") return file + "_judge.cc";
  if (name == "environment.h") return file + ".h";
  if (name == "environment.cc") return file + ".cc";
  if (name == "test.cc") return file + "_test.cc";
  if (name == "gitignore") return ".gitignore";
  return name;
}

/// Includes of the project's own headers in the order of their names, which depend on its name.
std::string SortIncludes(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  const auto is_own = [](const std::string& line) { return line.starts_with("#include \""); };
  for (auto first = lines.begin(); first != lines.end();) {
    const auto last = std::find_if_not(first, lines.end(), is_own);
    std::sort(first, last);
    first = last == lines.end() ? last : last + 1;
  }
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

struct NewEnvArguments {
  std::string name;
  std::string folder;
  bool judged = false;
};

int NewEnv(const NewEnvArguments& arguments, const env::Registry& registry) {
  const auto& [name, folder, judged] = arguments;
  if (!IsGoodName(name)) {
    return Complain(
        fmt::format("new-env {}: expected a lower-case word such as peg-solitaire: "
                    "letters, digits, - and _, a letter first",
                    name));
  }
  if (IsReserved(name)) {
    return Complain(fmt::format(
        "new-env {}: CMake or the project itself has a use of its own for that name; take a longer "
        "one, such as {}-game",
        name, name));
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
  const std::string sources =
      judged ? fmt::format("{0}.cc {0}_judge.cc", file) : fmt::format("{}.cc", file);
  const std::map<std::string, std::string> values = {
      {"NAME", name},       {"CLASS", ClassName(name)},    {"FILE", file},
      {"SOURCES", sources}, {"VERSION", kSoftwareVersion}, {"PREFIX_HINT", hint}};
  for (const auto& [template_name, entry] : ChooseTemplates(judged)) {
    const fs::path path = target / TargetFile(template_name, file);
    WriteFileAtomically(path, SortIncludes(Fill(entry->text, values)));
  }
  std::cout << fmt::format(
      "{0} is a complete project; it {4} until you change {1}.cc{5}. Next:\n"
      "  cd {0}\n  cmake -B build -G Ninja{2}\n  cmake --build build && ctest --test-dir build\n"
      "  tesuji check-env {3} --plugin build/{3}.so\n  tesuji run campaign.toml --minutes 1\n",
      target.string(), file, hint, name,
      judged ? "lays stones on scales and has them weighed" : "plays Domineering",
      judged ? fmt::format(" and {}_judge.cc", file) : std::string());
  return kDone;
}

}  // namespace

void AddNewEnvCommand(Command app, Context* context) {
  auto arguments = std::make_shared<NewEnvArguments>();
  auto command = AddCommand(app, context, "new-env",
                            "Write a complete project for an environment of your own.",
                            [=] { return NewEnv(*arguments, context->registry); });
  command.Add("name", arguments->name, "Its id: a lower-case word.").Required();
  command.Add("folder", arguments->folder, "Where; default: a folder of that name.");
  command.AddFlag("--judged", arguments->judged,
                  "With a judge of its own: episodes end in states that rules alone cannot score.");
  command.Footer(
      "Examples: tesuji new-env peg-solitaire ~/peg-solitaire\n"
      "          tesuji new-env --judged antenna");
}

}  // namespace tesuji::cli
