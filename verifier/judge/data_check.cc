#include "verifier/judge/data_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/files.h"
#include "verifier/judge/output_check.h"
#include "verifier/judge/package_program.h"
#include "verifier/problem/package_data.h"
#include "verifier/problem/package_programs.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;

using env::Verdict;

namespace {

constexpr std::size_t kLargestOutput = std::size_t{1} << 30;

/// A validator of inputs or answers: says 42 to what is right.
struct Validator {
  std::string folder;  ///< "input_validators"
  std::string name;    ///< "validate", for the flags that are its own.
  std::string file;    ///< "input_validators/validate.py"
  std::vector<SourceFile> sources;
  std::unique_ptr<PackageProgram> program;
};

enum class Answer : std::uint8_t { kYes, kNo, kBroken };

class DataChecker {
 public:
  DataChecker(const Problem& problem, Compiler& compiler, Workplace& workplace,
              const ShowData& show, const ShowProgress& progress)
      : problem_(problem),
        compiler_(compiler),
        workplace_(workplace),
        show_(show),
        progress_(progress),
        outputs_(compiler, problem) {}

  Status LoadValidators() {
    for (const char* folder :
         {"input_validators", "input_format_validators", "answer_validators"}) {
      for (const fs::path& path : ProgramsIn(problem_.folder / folder, false)) {
        if (Status loaded = LoadOne(folder, path); !loaded) return loaded;
      }
    }
    return {};
  }

  Result<DataSummary> Run() {
    std::vector<std::pair<std::string, std::vector<TestCase>>> extra;
    total_ = problem_.tests.size();
    for (const char* part : {"invalid_input", "invalid_output", "valid_output"}) {
      auto tests = LoadExtraTests(problem_, part);
      if (!tests) return tl::unexpected(tests.error());
      total_ += tests->size();
      extra.emplace_back(part, std::move(*tests));
    }
    for (const TestCase& test : problem_.tests) Check(test, "");
    for (const auto& [part, tests] : extra) {
      for (const TestCase& test : tests) Check(test, part);
    }
    return std::move(summary_);
  }

 private:
  Status LoadOne(const std::string& folder, const fs::path& path) {
    const std::string file = folder + "/" + path.filename().string();
    if (path.extension() == ".ctd" || path.extension() == ".viva") {
      summary_.skipped.push_back(file + ": there is no program for such files here");
      return {};
    }
    Sha256 ignored;
    auto sources = LoadPackageProgram(path, problem_, &ignored);
    if (!sources) return tl::unexpected(sources.error());
    auto validator = std::make_unique<Validator>();
    *validator = {folder, path.stem().string(), file, std::move(*sources), nullptr};
    validator->program = std::make_unique<PackageProgram>(compiler_, validator->sources, file);
    const auto compiled = validator->program->Get(workplace_);
    if (!compiled) return tl::unexpected(compiled.error());
    validators_.push_back(std::move(validator));
    return {};
  }

  void Check(const TestCase& test, const std::string& part) {
    if (progress_) progress_({summary_.tests, total_, {test.name}});
    DataReport report;
    report.test = test.name;
    if (part == "invalid_input") {
      InvalidInput(test, &report);
    } else {
      Inputs(test, &report);
      if (report.fault.empty()) Outputs(test, part, &report);
    }
    ++summary_.tests;
    summary_.faults += report.fault.empty() ? 0 : 1;
    summary_.broken += report.broken ? 1 : 0;
    show_(report);
  }

  void Inputs(const TestCase& test, DataReport* report) {
    for (const auto& validator : validators_) {
      const bool answers = validator->folder == "answer_validators";
      if (answers && test.answer.empty()) continue;
      std::string why;
      if (Ask(*validator, test, answers, report, &why) == Answer::kYes) continue;
      report->fault =
          fmt::format("{} rejects the {}: {}", validator->file, answers ? "answer" : "input", why);
      return;
    }
  }

  void InvalidInput(const TestCase& test, DataReport* report) {
    for (const auto& validator : validators_) {
      std::string why;
      if (validator->folder == "answer_validators") continue;
      if (Ask(*validator, test, false, report, &why) != Answer::kYes) return;
    }
    // Those that cannot be run here might have rejected it.
    if (!summary_.skipped.empty()) return;
    report->fault = "no input validator rejects it, and one must";
  }

  Answer Ask(const Validator& validator, const TestCase& test, bool answer, DataReport* report,
             std::string* why) {
    const auto program = validator.program->Get(workplace_);
    RunSpec spec;
    SetValidatorLimits(problem_, &spec);
    (*program)->AddTo(&spec);
    const UniqueFd text =
        answer ? MakeMemoryFile(test.answer, "answer") : ReopenReadOnly(test.input.get());
    spec.stdin_fd = text.get();
    if (answer) {
      spec.argv.push_back("judge/input");
      spec.files.push_back({"judge/input", test.input.get()});
    }
    const auto& flags = test.input_validator_flags;
    auto own = flags.find(validator.name);
    if (own == flags.end()) own = flags.find("");
    if (own != flags.end() && !answer) {
      spec.argv.insert(spec.argv.end(), own->second.begin(), own->second.end());
    }
    spec.argv.insert(spec.argv.end(), test.args.begin(), test.args.end());
    for (const auto& [name, file] : test.files) spec.files.push_back({name, file.get()});
    const RunResult run = workplace_.Run(ContainerKind::kTool, spec);
    report->checks.push_back(validator.file);
    if (run.ExitedWith(kValidatorAccepts)) return Answer::kYes;
    *why = run.broken.empty() ? DescribeEnding(run) + LastWords(run) : run.broken;
    report->broken = report->broken || !run.broken.empty();
    return run.broken.empty() ? Answer::kNo : Answer::kBroken;
  }

  /// What programs might put out: answers of samples that people see, .out files.
  void Outputs(const TestCase& test, const std::string& part, DataReport* report) {
    if (problem_.format == "legacy" || problem_.passes > 1 ||
        problem_.validation == Validation::kInteractive) {
      return;
    }
    const fs::path base = problem_.folder / "data" / test.name;
    const auto beside = [&](const char* extension) { return fs::path(base.string() + extension); };
    if (fs::exists(beside(".out"))) {
      auto output = ReadFile(beside(".out"), kLargestOutput);
      if (output) return Output(test, ".out", *output, part != "invalid_output", report);
      report->fault = output.error().message;
    } else if (!part.empty()) {
      report->fault = "has no .out file beside it";
    } else if (test.name.starts_with("sample/") && !fs::exists(beside(".ans.statement")) &&
               !fs::exists(beside(".interaction"))) {
      Output(test, ".ans", test.answer, true, report);
    }
  }
  void Output(const TestCase& test, const char* what, const std::string& output, bool right,
              DataReport* report) {
    const UniqueFd answer = MakeMemoryFile(test.answer, "answer");
    TestReport checked;
    CheckOutput(problem_, outputs_, workplace_, test, {test.input.get(), answer.get(), -1}, output,
                &checked);
    report->checks.push_back(std::string("output validator on ") + what);
    if (checked.verdict == Verdict::kInternalError) {
      report->fault = checked.reason;
    } else if ((checked.verdict == Verdict::kAccepted) != right) {
      report->fault =
          right ? fmt::format("the output validator rejects the {} file: {}", what, checked.reason)
                : fmt::format("the output validator accepts the {} file", what);
    }
  }

  const Problem& problem_;
  Compiler& compiler_;
  Workplace& workplace_;
  const ShowData& show_;
  const ShowProgress& progress_;
  OutputValidators outputs_;
  std::vector<std::unique_ptr<Validator>> validators_;
  DataSummary summary_;
  std::size_t total_ = 0;
};

}  // namespace

Json DataReport::ToJson() const {
  Json out = {{"test", test}, {"checks", checks}, {"fault", fault}};
  out["valid"] = broken ? Json() : Json(fault.empty());
  return out;
}

Result<DataSummary> CheckData(const fs::path& package, LanguageTable languages,
                              const BatchOptions& options, const ShowData& show) {
  auto problem = LoadProblem(package);
  if (!problem) return tl::unexpected(problem.error());
  if (!problem->is_package()) {
    return Fail(
        fmt::format("{}: is no problem package (it has no problem.yaml): it brings nothing "
                    "to check its tests by",
                    package.string()));
  }
  auto sandbox = Sandbox::Open(options.sandbox);
  if (!sandbox) return tl::unexpected(sandbox.error());
  Compiler compiler(std::move(languages), options.compiler);
  Workplace workplace(*sandbox, 0, compiler.mounts());
  DataChecker checker(*problem, compiler, workplace, show, options.progress);
  if (Status loaded = checker.LoadValidators(); !loaded) return tl::unexpected(loaded.error());
  return checker.Run();
}

}  // namespace tesuji::verifier
