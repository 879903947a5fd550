#include "env/program/program_environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "core/sha256.h"
#include "core/untrusted_json.h"
#include "env/program/language/features.h"
#include "env/program/language/print_cpp.h"

namespace tesuji::env::program {
namespace {

constexpr std::string_view kHeader = "// A program found by search.\n";
constexpr std::string_view kTaskLine = "// Task: ";
constexpr std::string_view kCodeLine = "// Productions:";

Key128 HashText(std::string_view text) {
  const std::string hex = Sha256Hex(text);
  return {std::stoull(hex.substr(0, 16), nullptr, 16),
          std::stoull(hex.substr(16, 16), nullptr, 16)};
}

class ProgramState final : public State {
 public:
  ProgramState(std::shared_ptr<const PreparedTask> task, Derivation derivation)
      : task_(std::move(task)), derivation_(std::move(derivation)) {}

  std::unique_ptr<State> Clone() const override { return std::make_unique<ProgramState>(*this); }
  Phase phase() const override { return derivation_.complete() ? Phase::kScored : Phase::kOngoing; }
  Player to_play() const override { return Player::kFirst; }

  void LegalActions(std::vector<Action>* out) const override {
    std::vector<Op> ops;
    derivation_.LegalOps(&ops);
    out->assign(ops.begin(), ops.end());
  }

  void Apply(Action action) override {
    derivation_.Apply(static_cast<Op>(action));
    if (!derivation_.complete()) return;
    Runner runner;
    const auto& seen = task_->task.seen;
    right_ = CountRight(&runner, Finished(), seen);
  }

  float Value() const override {
    const auto all = static_cast<int>(task_->task.seen.size());
    if (right_ == all) return 1;
    return static_cast<float>(right_) / static_cast<float>(all) - 1;
  }

  Key128 Fingerprint() const override {
    std::string text = task_->json;
    text.push_back('\n');
    for (const Op op : derivation_.code()) text.push_back(static_cast<char>(op));
    return HashText(text);
  }

  void Encode(std::span<float> out) const override {
    if (derivation_.complete()) return EncodePlace(*task_, -1, Scope::kClosed, out);
    EncodePlace(*task_, derivation_.next().place, derivation_.next().scope, out);
  }

  std::string Artifact() const override {
    std::string text = fmt::format("{}{}{}\n{}", kHeader, kTaskLine, task_->json, kCodeLine);
    for (const Op op : derivation_.code()) text += fmt::format(" {}", Of(op).name);
    text += "\n";
    if (derivation_.complete()) text += fmt::format("\n{}", ToCpp(Finished()));
    return text;
  }

  std::string ToText() const override {
    std::string text;
    std::size_t at = 0;
    std::vector<Hole> ignored;
    Print(&at, &text);
    return text + "\n";
  }

  std::string ActionToText(Action action) const override {
    return std::string(Of(static_cast<Op>(action)).name);
  }

  std::string Termination() const override {
    if (!derivation_.complete()) return {};
    return Value() == 1 ? "solved" : "wrong";
  }

  Hole next_hole() const { return derivation_.next(); }

 private:
  Program Finished() const {
    Program program = task_->task.EmptyProgram();
    program.code = derivation_.code();
    return program;
  }
  /// The tree with "?" for holes.
  void Print(std::size_t* at, std::string* text) const {
    if (*at >= derivation_.code().size()) {
      *text += "?";
      return;
    }
    const Production& production = Of(derivation_.code()[(*at)++]);
    if (production.arity > 0) *text += "(";
    *text += production.name;
    for (int i = 0; i < production.arity; ++i) {
      *text += " ";
      Print(at, text);
    }
    if (production.arity > 0) *text += ")";
  }

  std::shared_ptr<const PreparedTask> task_;
  Derivation derivation_;
  int right_ = 0;
};

std::string_view LineAfter(std::string_view text, std::string_view prefix) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with(prefix)) return line.substr(prefix.size());
    at = end + 1;
  }
  return {};
}

}  // namespace

Hole NextHole(const State& state) { return static_cast<const ProgramState&>(state).next_hole(); }

std::shared_ptr<const PreparedTask> PrepareTask(ProgramTask task) {
  auto prepared = std::make_shared<PreparedTask>();
  prepared->features = TaskFeatures(task);
  task.unseen.clear();
  prepared->json = ToJson(task).dump();
  prepared->task = std::move(task);
  return prepared;
}

int EncodingSize() { return FeatureCount() + kOps + 1 + kMaxArity + kScopes; }

void EncodePlace(const PreparedTask& task, int place, Scope scope, std::span<float> out) {
  assert(out.size() == static_cast<std::size_t>(EncodingSize()));
  std::ranges::fill(out, 0.0F);
  std::ranges::copy(task.features, out.begin());
  if (place < 0) return;
  const std::size_t base = task.features.size();
  out[base + kOps + 1 + kMaxArity + static_cast<std::size_t>(scope)] = 1;
  if (place == kRootPlace) {
    out[base + kOps] = 1;
    return;
  }
  out[base + static_cast<std::size_t>((place - 1) / kMaxArity)] = 1;
  out[base + kOps + 1 + static_cast<std::size_t>((place - 1) % kMaxArity)] = 1;
}

ProgramEnvironment::ProgramEnvironment(ProgramOptions options) : options_(std::move(options)) {
  spec_.id = "program";
  spec_.version = 1;
  spec_.action_count = kOps;
  spec_.player_count = 1;
  spec_.max_steps = options_.max_nodes;
  spec_.observation = {EncodingSize(), 1, 1};
  spec_.actions = {0, kOps};
  Symmetry identity;
  identity.cells = {0};
  for (int i = 0; i < kOps; ++i) identity.actions.push_back(i);
  spec_.symmetries = {identity};
  spec_.artifact_extension = "cc";
}

Result<std::unique_ptr<const ProgramEnvironment>> ProgramEnvironment::Make(
    const ProgramOptions& options) {
  std::unique_ptr<ProgramEnvironment> environment(new ProgramEnvironment(options));
  if (!options.tasks.empty()) {
    auto tasks = LoadTasks(options.tasks);
    if (!tasks) return tl::unexpected(tasks.error());
    environment->tasks_ = std::move(*tasks);
  }
  return environment;
}

Json ProgramEnvironment::parameters() const {
  return {{"tasks", options_.tasks},
          {"max_nodes", options_.max_nodes},
          {"dream_nodes", options_.dream_nodes}};
}

Task ProgramEnvironment::ToTask(const ProgramTask& task) {
  ProgramTask shown = task;
  shown.unseen.clear();
  return {task.id, ToJson(shown)};
}

Task ProgramEnvironment::SampleTask(RandomStream& random) const {
  if (!tasks_.empty()) return ToTask(tasks_[random.Below(tasks_.size())]);
  DreamOptions options;
  options.max_nodes = options_.dream_nodes;
  Dream dream = DreamTask(options, &random);
  dream.task.id = fmt::format("dream-{:016x}", random());
  return ToTask(dream.task);
}

Result<std::unique_ptr<State>> ProgramEnvironment::NewState(const Task& task) const {
  auto read = TaskFromJson(task.parameters, "task");
  if (!read) return tl::unexpected(read.error());
  Derivation derivation(read->signature, read->EmptyProgram().vocabulary(), options_.max_nodes);
  return std::make_unique<ProgramState>(PrepareTask(std::move(*read)), std::move(derivation));
}

Result<ReadArtifact> ParseArtifact(std::string_view artifact) {
  const std::string_view json_text = LineAfter(artifact, kTaskLine);
  if (json_text.empty()) return Fail("artifact: has no line \"// Task: …\"");
  const auto json = ParseUntrustedJson(json_text);
  if (!json) return Fail("artifact: the task: " + json.error().message);
  auto task = TaskFromJson(*json, "artifact");
  if (!task) return tl::unexpected(task.error());
  ReadArtifact read{std::move(*task), {}};
  std::string_view words = LineAfter(artifact, kCodeLine);
  while (!words.empty()) {
    const std::size_t begin = words.find_first_not_of(' ');
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(words.find(' ', begin), words.size());
    const std::string_view word = words.substr(begin, end - begin);
    const auto productions = Productions();
    const auto found = std::ranges::find(productions, word, &Production::name);
    if (found == productions.end()) return Fail("artifact: unknown production");
    read.code.push_back(found->op);
    words.remove_prefix(end);
  }
  return read;
}

Result<std::unique_ptr<State>> ProgramEnvironment::FromArtifact(std::string_view artifact) const {
  auto read = ParseArtifact(artifact);
  if (!read) return tl::unexpected(read.error());
  Derivation derivation(read->task.signature, read->task.EmptyProgram().vocabulary(),
                        options_.max_nodes);
  auto state =
      std::make_unique<ProgramState>(PrepareTask(std::move(read->task)), std::move(derivation));
  std::vector<Action> legal;
  for (const Op op : read->code) {
    if (state->phase() != Phase::kOngoing) return Fail("artifact: productions after the end");
    state->LegalActions(&legal);
    if (!std::ranges::binary_search(legal, static_cast<Action>(op))) {
      return Fail(fmt::format("artifact: production {} does not fit", Of(op).name));
    }
    state->Apply(op);
  }
  return state;
}

EnvironmentFactory ProgramFactory() {
  EnvironmentFactory factory;
  factory.id = "program";
  factory.summary = "Programs on lists of integers that answer a task's examples";
  factory.parameters = {
      {.name = "tasks",
       .default_value = "",
       .help = "a file of tasks, one JSON object a line; empty: tasks made from random programs"},
      {.name = "max_nodes",
       .default_value = 24,
       .help = "productions of the largest program",
       .minimum = 3,
       .maximum = kMaxNodes},
      {.name = "dream_nodes",
       .default_value = 14,
       .help = "productions of the largest random program that a task is made from",
       .minimum = 3,
       .maximum = kMaxNodes},
  };
  factory.make = [](const Json& parameters) -> Result<std::unique_ptr<const Environment>> {
    return ProgramEnvironment::Make({.tasks = parameters["tasks"],
                                     .max_nodes = parameters["max_nodes"],
                                     .dream_nodes = parameters["dream_nodes"]});
  };
  return factory;
}

}  // namespace tesuji::env::program
