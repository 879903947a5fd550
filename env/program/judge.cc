#include "env/program/judge.h"

#include <fmt/format.h>

#include "env/program/language/print_c.h"
#include "env/program/program_environment.h"
#include "verifier/judge/c_batch.h"

namespace tesuji::env::program {

struct ProgramCJudge::Impl {
  std::shared_ptr<const verifier::Sandbox> sandbox;
  verifier::Compiler compiler;
  verifier::Workplace workplace;

  Impl(std::shared_ptr<const verifier::Sandbox> opened, unsigned lane)
      : sandbox(std::move(opened)),
        compiler(verifier::LanguageTable::BuiltIn(), {}),
        workplace(sandbox, static_cast<int>(lane), compiler.mounts()) {}
};

ProgramCJudge::ProgramCJudge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ProgramCJudge::~ProgramCJudge() = default;

Result<std::unique_ptr<ProgramCJudge>> ProgramCJudge::Open(unsigned lane) {
  auto sandbox = verifier::Sandbox::Open({});
  if (!sandbox) return tl::unexpected(sandbox.error());
  return std::unique_ptr<ProgramCJudge>(
      new ProgramCJudge(std::make_unique<Impl>(std::move(*sandbox), lane)));
}

env::Verdict ProgramCJudge::Judge(const Program& program, const ProgramTask& task) {
  std::vector<verifier::FunctionExample> examples;
  for (const auto* list : {&task.seen, &task.unseen}) {
    for (const Example& example : *list) {
      verifier::FunctionExample flat;
      flat.input = FlattenInput(program.signature, example.input);
      flat.output.assign(example.output.list.begin(), example.output.list.end());
      if (example.output.type == Type::kInt) flat.output = {example.output.number};
      examples.push_back(std::move(flat));
    }
  }
  const auto verdicts =
      verifier::JudgeFunctions(impl_->compiler, impl_->workplace, {ToC(program, "p")}, examples);
  return verdicts.front().verdict;
}

std::string ProgramCJudge::Rejudge(const env::Trajectory& trajectory) {
  auto read = ParseArtifact(trajectory.artifact);
  if (!read) return read.error().message;
  // Unseen examples are evidence, not part of the task that search saw.
  Json json = ToJson(read->task);
  if (trajectory.evidence.contains("unseen")) json["unseen"] = trajectory.evidence["unseen"];
  auto task = TaskFromJson(json, "evidence");
  if (!task) return task.error().message;
  Program program = task->EmptyProgram();
  program.code = read->code;
  if (Status status = CheckProgram(program); !status) return status.error().message;
  const env::Verdict verdict = Judge(program, *task);
  if (verdict == env::Verdict::kAccepted) return {};
  return fmt::format("judged again in the sandbox: {}", env::VerdictName(verdict));
}

namespace {

class ProgramRejudge final : public env::Rejudge {
 public:
  explicit ProgramRejudge(std::unique_ptr<ProgramCJudge> judge) : judge_(std::move(judge)) {}
  std::string Check(const env::Trajectory& stored) override {
    const bool judged = stored.evidence.is_object() && stored.evidence.contains("verdict");
    return judged ? judge_->Rejudge(stored) : std::string();
  }

 private:
  std::unique_ptr<ProgramCJudge> judge_;
};

}  // namespace

Result<std::unique_ptr<env::Rejudge>> MakeRejudge() {
  auto judge = ProgramCJudge::Open(0);
  if (!judge) return tl::unexpected(judge.error());
  return std::make_unique<ProgramRejudge>(std::move(*judge));
}

}  // namespace tesuji::env::program
