#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "cli/command.h"
#include "core/files.h"
#include "env/matmul/codegen.h"
#include "env/matmul/tensor_check.h"

namespace tesuji::cli {
namespace {

namespace matmul = env::matmul;

struct SchemeArguments {
  std::vector<std::string> files;
  std::string code;
  bool run = false;
  int trials = 100;
  std::string compiler = "c++";
  bool json = false;
};

std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

/// A folder that is gone when this is.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "tesuji-scheme-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw MachineError(pattern + ": cannot be made");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Compiles the scheme's code with its self test and runs it: "" or what went wrong.
std::string RunCode(const matmul::Scheme& scheme, const SchemeArguments& arguments) {
  const TemporaryFolder folder;
  const auto source = folder.path() / "test.cc";
  const auto binary = folder.path() / "test";
  WriteFileAtomically(source, matmul::GenerateSelfTest(scheme, arguments.trials));
  const std::string compile = fmt::format("{} -std=c++17 -O1 -o {} {} 1>&2", arguments.compiler,
                                          Quoted(binary.string()), Quoted(source.string()));
  if (std::system(compile.c_str()) != 0) return "the generated code does not compile";
  if (std::system((Quoted(binary.string()) + " 1>&2").c_str()) != 0) {
    return "the generated code does not agree with the plain product";
  }
  return {};
}

Json Examine(const std::string& file, const SchemeArguments& arguments) {
  const auto text = ReadFile(file, std::size_t{1} << 24);
  if (!text) return {{"file", file}, {"problem", text.error().message}};
  const auto scheme = matmul::ParseScheme(*text);
  if (!scheme) return {{"file", file}, {"problem", scheme.error().message}};
  const auto published = matmul::PublishedRank(scheme->format, scheme->ring);
  Json report = {{"file", file},
                 {"format", scheme->format.ToText()},
                 {"ring", matmul::RingName(scheme->ring)},
                 {"rank", scheme->rank()},
                 {"published", published ? Json(*published) : Json()},
                 {"problem", ""}};
  if (const auto multiplies = matmul::CheckScheme(*scheme); !multiplies) {
    report["problem"] = multiplies.error().message;
    return report;
  }
  if (!arguments.code.empty()) WriteFileAtomically(arguments.code, matmul::GenerateCode(*scheme));
  if (arguments.run) report["problem"] = RunCode(*scheme, arguments);
  report["ran"] = arguments.run;
  return report;
}

int CheckSchemes(const SchemeArguments& arguments) {
  if (!arguments.code.empty() && arguments.files.size() > 1) {
    return Complain("--code: expected a single scheme");
  }
  bool failed = false;
  for (const auto& file : arguments.files) {
    const Json report = Examine(file, arguments);
    const auto problem = report.at("problem").get<std::string>();
    failed = failed || !problem.empty();
    if (arguments.json) {
      PrintJson(report);
    } else if (!problem.empty()) {
      std::cout << fmt::format("{}: WRONG: {}\n", file, problem);
    } else {
      std::cout << fmt::format("{}: {} over {} with {} products (published: {}), correct{}\n", file,
                               report.at("format").get<std::string>(),
                               report.at("ring").get<std::string>(), report.at("rank").get<int>(),
                               report.at("published").dump(),
                               arguments.run ? ", and so is its code" : "");
    }
  }
  return failed ? kFailed : kDone;
}

}  // namespace

void AddSchemeCommand(Command app, Context* context) {
  auto arguments = std::make_shared<SchemeArguments>();
  auto command = AddCommand(app, context, "scheme",
                            "Check matrix multiplication schemes; write and run their C++.",
                            [=] { return CheckSchemes(*arguments); });
  command.Add("files", arguments->files, "Schemes as JSON (tesuji discover --out).").Required();
  command.Add("--code", arguments->code, "Write C++ that multiplies with the scheme here.");
  command.AddFlag("--run", arguments->run,
                  "Compile that code and compare it with the plain product.");
  command.Add("--trials", arguments->trials, "Random products of --run.")
      .ShowDefault()
      .Between(1, 1'000'000);
  command.Add("--compiler", arguments->compiler, "Compiler that --run calls.").ShowDefault();
  command.AddFlag("--json", arguments->json, "One JSON object a line.");
  command.Footer("Example: tesuji scheme schemes/4x4x4-Z2-rank47-1.json --run");
}

}  // namespace tesuji::cli
