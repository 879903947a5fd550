#include "api/guard.h"

#include <cxxabi.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "api/dataset_hooks.h"
#include "api/guarded_call.h"
#include "api/spec_check.h"

namespace tesuji::env {
namespace {

constexpr std::size_t kShownActions = 40;

template <std::size_t size>
void CopyText(std::string_view text, std::array<char, size>* out) {
  const std::size_t length = std::min(text.size(), size - 1);
  std::memcpy(out->data(), text.data(), length);
  (*out)[length] = '\0';
}

/// What every guarded object of one environment shares.
struct Guarded {
  std::unique_ptr<const Environment> owned;
  const Environment* inside = nullptr;
  GuardOptions options;
  Spec spec;
  Json parameters;
  GuardedName whom;

  [[noreturn]] void Fault(const char* method, const std::string& state,
                          const std::string& what) const {
    throw EnvironmentFault(whom.name, method, state, what);
  }

  /// A call that belongs to no state; `describe` says what it is about.
  template <class F, class D>
  auto Call(const char* method, const D& describe, F&& function) const {
    return GuardedCall(whom, {.environment = whom.name.c_str(), .method = method}, describe,
                       std::forward<F>(function));
  }
};

class GuardedState final : public State {
 public:
  GuardedState(std::shared_ptr<const Guarded> guarded, std::unique_ptr<State> inside,
               std::string origin)
      : guarded_(std::move(guarded)), inside_(std::move(inside)), origin_(std::move(origin)) {}

  std::unique_ptr<State> Clone() const override {
    auto inside = Call("State::Clone", [&] { return inside_->Clone(); });
    if (inside == nullptr) Fault("State::Clone", "returned no state");
    auto clone = std::make_unique<GuardedState>(guarded_, std::move(inside), origin_);
    clone->actions_ = actions_;
    return clone;
  }
  Phase phase() const override {
    const Phase phase = Call("State::phase", [&] { return inside_->phase(); });
    if (checks() && (phase < Phase::kOngoing || phase > Phase::kAwaitsJudge)) {
      Fault("State::phase", fmt::format("returned {}, which is no phase", static_cast<int>(phase)));
    }
    if (checks() && phase == Phase::kOngoing && started_here() &&
        std::ssize(actions_) >= guarded_->spec.max_steps) {
      Fault("State::phase",
            fmt::format("is still kOngoing after {} actions; spec().max_steps is {}",
                        actions_.size(), guarded_->spec.max_steps));
    }
    return phase;
  }
  Player to_play() const override {
    const Player player = Call("State::to_play", [&] { return inside_->to_play(); });
    if (!checks()) return player;
    const bool known = player == Player::kFirst ||
                       (player == Player::kSecond && guarded_->spec.player_count == 2) ||
                       (player == Player::kChance && guarded_->spec.has_chance);
    if (!known) {
      Fault("State::to_play", fmt::format("returned {}, but player_count is {} and has_chance {}",
                                          static_cast<int>(player), guarded_->spec.player_count,
                                          guarded_->spec.has_chance));
    }
    return player;
  }
  void LegalActions(std::vector<Action>* out) const override {
    Call("State::LegalActions", [&] { inside_->LegalActions(out); });
    if (!checks()) return;
    if (out->empty()) Fault("State::LegalActions", "returned none in an ongoing state");
    CheckActions("State::LegalActions", *out, [](Action action) { return action; });
  }
  void Apply(Action action) override {
    Call(
        "State::Apply", [&] { inside_->Apply(action); }, action);
    actions_.push_back(action);
  }
  float Value() const override {
    const float value = Call("State::Value", [&] { return inside_->Value(); });
    if (checks() && !(value >= -1 && value <= 1)) {
      Fault("State::Value", fmt::format("returned {}, outside [-1, 1]", value));
    }
    return value;
  }
  Key128 Fingerprint() const override {
    return Call("State::Fingerprint", [&] { return inside_->Fingerprint(); });
  }
  void Encode(std::span<float> out) const override {
    Call("State::Encode", [&] { inside_->Encode(out); });
    if (!checks()) return;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!std::isfinite(out[i])) {
        Fault("State::Encode", fmt::format("wrote {} as float {}", out[i], i));
      }
    }
  }
  std::string Artifact() const override {
    return Call("State::Artifact", [&] { return inside_->Artifact(); });
  }
  std::string ToText() const override {
    return Call("State::ToText", [&] { return inside_->ToText(); });
  }
  std::string ActionToText(Action action) const override {
    return Call(
        "State::ActionToText", [&] { return inside_->ActionToText(action); }, action);
  }
  void ChanceOutcomes(std::vector<ChanceOutcome>* out) const override {
    Call("State::ChanceOutcomes", [&] { inside_->ChanceOutcomes(out); });
    if (!checks()) return;
    if (out->empty()) Fault("State::ChanceOutcomes", "returned none");
    CheckActions("State::ChanceOutcomes", *out,
                 [](const ChanceOutcome& outcome) { return outcome.action; });
    double sum = 0;
    for (const ChanceOutcome& outcome : *out) {
      if (!(outcome.probability > 0)) {
        Fault("State::ChanceOutcomes",
              fmt::format("gave action {} probability {}", outcome.action, outcome.probability));
      }
      sum += outcome.probability;
    }
    if (!(std::abs(sum - 1) < 1e-6)) {
      Fault("State::ChanceOutcomes", fmt::format("gave probabilities that sum to {}", sum));
    }
  }
  FinalTargets Targets() const override {
    FinalTargets targets = Call("State::Targets", [&] { return inside_->Targets(); });
    if (!checks()) return targets;
    const auto& spec = guarded_->spec;
    const std::size_t cells = spec.has_ownership ? spec.observation.cells() : 0;
    if (targets.ownership.size() != cells) {
      Fault("State::Targets", fmt::format("returned ownership of {} cells, expected {}",
                                          targets.ownership.size(), cells));
    }
    if (!std::isfinite(targets.score) ||
        !std::ranges::all_of(targets.ownership, [](int x) { return x >= -1 && x <= 1; })) {
      Fault("State::Targets", "returned ownership outside -1, 0, 1 or a score that is not finite");
    }
    return targets;
  }
  std::string Termination() const override {
    return Call("State::Termination", [&] { return inside_->Termination(); });
  }

  const State& inside() const { return *inside_; }
  /// `action`: what the call is about; -1: none.
  std::string Describe(Action action = -1) const {
    const std::string more = action >= 0 ? fmt::format("; action {}", action) : std::string();
    std::string text = origin_;
    if (actions_.empty()) return fmt::format("{}, before any action{}", origin_, more);
    text += fmt::format(", after {} action{}:", actions_.size(), actions_.size() == 1 ? "" : "s");
    const std::size_t hidden =
        actions_.size() > kShownActions ? actions_.size() - kShownActions : 0;
    if (hidden > 0) text += " …";
    for (std::size_t i = hidden; i < actions_.size(); ++i) text += fmt::format(" {}", actions_[i]);
    return text + more;
  }

 private:
  bool checks() const { return guarded_->options.check_data; }
  bool started_here() const { return !origin_.starts_with("artifact"); }
  [[noreturn]] void Fault(const char* method, const std::string& what) const {
    guarded_->Fault(method, Describe(), what);
  }
  template <class F>
  std::invoke_result_t<F> Call(const char* method, F&& function, Action action = -1) const {
    const CallInProgress call = {.environment = guarded_->whom.name.c_str(),
                                 .method = method,
                                 .origin = origin_.c_str(),
                                 .actions = actions_.data(),
                                 .action_count = actions_.size(),
                                 .action = action};
    return GuardedCall(
        guarded_->whom, call, [&] { return Describe(action); }, std::forward<F>(function));
  }
  template <class List, class F>
  void CheckActions(const char* method, const List& list, const F& action_of) const {
    Action previous = -1;
    for (const auto& entry : list) {
      const Action action = action_of(entry);
      if (action < 0 || action >= guarded_->spec.action_count) {
        Fault(method, fmt::format("returned action {}, outside [0, {})", action,
                                  guarded_->spec.action_count));
      }
      if (action <= previous) {
        Fault(method,
              fmt::format("returned action {} after {}: they must ascend", action, previous));
      }
      previous = action;
    }
  }

  std::shared_ptr<const Guarded> guarded_;
  std::unique_ptr<State> inside_;
  std::string origin_;
  std::vector<Action> actions_;
};

class GuardedHeldOut final : public HeldOutTasks {
 public:
  GuardedHeldOut(std::shared_ptr<const Guarded> guarded, std::unique_ptr<HeldOutTasks> inside)
      : guarded_(std::move(guarded)), inside_(std::move(inside)) {}
  std::size_t size() const override {
    return guarded_->Call(
        "HeldOutTasks::size", [] { return std::string("any state"); },
        [&] { return inside_->size(); });
  }
  std::optional<HeldOutHit> Find(const State& finished, bool by_behaviour) const override {
    const auto& state = static_cast<const GuardedState&>(finished);
    return guarded_->Call(
        "HeldOutTasks::Find", [&] { return state.Describe(); },
        [&] { return inside_->Find(state.inside(), by_behaviour); });
  }

 private:
  std::shared_ptr<const Guarded> guarded_;
  std::unique_ptr<HeldOutTasks> inside_;
};

class GuardedArrays final : public TrainingArrays {
 public:
  GuardedArrays(std::shared_ptr<const Guarded> guarded, std::unique_ptr<TrainingArrays> inside)
      : guarded_(std::move(guarded)), inside_(std::move(inside)) {
    columns_ = guarded_->Call(
        "TrainingArrays::columns", [] { return std::string("any state"); },
        [&] { return inside_->columns(); });
  }
  const std::vector<ArrayColumn>& columns() const override { return columns_; }
  void AppendRow(const Trajectory& trajectory, std::size_t step, const State& before,
                 std::vector<std::string>* columns) const override {
    const auto& state = static_cast<const GuardedState&>(before);
    std::vector<std::size_t> sizes;
    for (const std::string& bytes : *columns) sizes.push_back(bytes.size());
    guarded_->Call(
        "TrainingArrays::AppendRow", [&] { return state.Describe(); },
        [&] { inside_->AppendRow(trajectory, step, state.inside(), columns); });
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto want = sizes[i] + static_cast<std::size_t>(RowBytes(columns_[i]));
      if (columns->size() == columns_.size() && (*columns)[i].size() == want) continue;
      guarded_->Fault("TrainingArrays::AppendRow", state.Describe(),
                      fmt::format("did not append the {} bytes of a row to column {}",
                                  RowBytes(columns_[i]), columns_[i].name));
    }
  }

 private:
  std::shared_ptr<const Guarded> guarded_;
  std::unique_ptr<TrainingArrays> inside_;
  std::vector<ArrayColumn> columns_;
};

class GuardedEnvironment final : public Environment, public DatasetHooks {
 public:
  explicit GuardedEnvironment(std::shared_ptr<const Guarded> guarded)
      : guarded_(std::move(guarded)) {}

  const Spec& spec() const override { return guarded_->spec; }
  Json parameters() const override { return guarded_->parameters; }
  const Environment& inside() const { return *guarded_->inside; }
  const std::string& name() const { return guarded_->whom.name; }
  Task SampleTask(RandomStream& random) const override {
    return guarded_->Call(
        "Environment::SampleTask", [] { return std::string("any state"); },
        [&] { return guarded_->inside->SampleTask(random); });
  }
  Result<std::unique_ptr<State>> NewState(const Task& task) const override {
    std::string origin = fmt::format("task \"{}\"", task.id);
    if (!task.parameters.empty()) {
      origin += fmt::format(" {}", task.parameters.dump().substr(0, 200));
    }
    return Wrap("Environment::NewState", std::move(origin),
                [&] { return guarded_->inside->NewState(task); });
  }
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override {
    return Wrap(
        "Environment::FromArtifact",
        fmt::format("artifact {}", Json(std::string(artifact.substr(0, 120)))
                                       .dump(-1, ' ', true, Json::error_handler_t::replace)),
        [&] { return guarded_->inside->FromArtifact(artifact); });
  }

  Json RuleParameters() const override {
    return guarded_->Call(
        "DatasetHooks::RuleParameters", [] { return std::string("any state"); },
        [&] { return env::RuleParameters(*guarded_->inside); });
  }
  CurationText DescribeForCuration(const State& finished) const override {
    const auto& state = static_cast<const GuardedState&>(finished);
    return guarded_->Call(
        "DatasetHooks::DescribeForCuration", [&] { return state.Describe(); },
        [&] { return env::DescribeForCuration(*guarded_->inside, state.inside()); });
  }
  Json TaskIdentity(const Task& task) const override {
    return guarded_->Call(
        "DatasetHooks::TaskIdentity", [&] { return fmt::format("task \"{}\"", task.id); },
        [&] { return env::TaskIdentity(*guarded_->inside, task); });
  }
  TaskText DescribeTask(const Task& task, const Json& evidence) const override {
    return guarded_->Call(
        "DatasetHooks::DescribeTask", [&] { return fmt::format("task \"{}\"", task.id); },
        [&] { return env::DescribeTask(*guarded_->inside, task, evidence); });
  }
  std::string AnswerText(const std::string& artifact) const override {
    return guarded_->Call(
        "DatasetHooks::AnswerText", [] { return std::string("any state"); },
        [&] { return env::AnswerText(*guarded_->inside, artifact); });
  }
  WorseAnswer NearMiss(const Task& task, const std::string& artifact) const override {
    return guarded_->Call(
        "DatasetHooks::NearMiss", [&] { return fmt::format("task \"{}\"", task.id); },
        [&] { return env::NearMiss(*guarded_->inside, task, artifact); });
  }
  std::unique_ptr<HeldOutTasks> ReadHeldOut(
      const std::vector<HeldOutEntry>& entries) const override {
    auto inside = guarded_->Call(
        "DatasetHooks::ReadHeldOut", [] { return std::string("any state"); },
        [&] { return env::ReadHeldOut(*guarded_->inside, entries); });
    if (inside == nullptr) return nullptr;
    return std::make_unique<GuardedHeldOut>(guarded_, std::move(inside));
  }
  std::optional<std::vector<Action>> ActionsTo(const State& state) const override {
    const auto& guarded = static_cast<const GuardedState&>(state);
    return guarded_->Call(
        "DatasetHooks::ActionsTo", [&] { return guarded.Describe(); },
        [&] { return env::ActionsTo(*guarded_->inside, guarded.inside()); });
  }
  std::unique_ptr<TrainingArrays> MakeTrainingArrays() const override {
    auto inside = guarded_->Call(
        "DatasetHooks::MakeTrainingArrays", [] { return std::string("any state"); },
        [&] { return env::MakeTrainingArrays(*guarded_->inside); });
    if (inside == nullptr) return nullptr;
    return std::make_unique<GuardedArrays>(guarded_, std::move(inside));
  }

 private:
  template <class F>
  Result<std::unique_ptr<State>> Wrap(const char* method, std::string origin, F&& make) const {
    auto made = GuardedCall(
        guarded_->whom,
        {.environment = guarded_->whom.name.c_str(), .method = method, .origin = origin.c_str()},
        [&] { return origin; }, make);
    if (!made) return made;
    if (*made == nullptr) guarded_->Fault(method, origin, "returned no state");
    return std::make_unique<GuardedState>(guarded_, std::move(*made), std::move(origin));
  }

  std::shared_ptr<const Guarded> guarded_;
};

Result<std::unique_ptr<const Environment>> MakeGuard(std::shared_ptr<Guarded> guarded) {
  guarded->whom = {.name = guarded->options.origin, .trace = guarded->options.trace};
  try {
    const auto nowhere = [] { return std::string("any state"); };
    guarded->spec = guarded->Call("Environment::spec", nowhere,
                                  [&]() -> Spec { return guarded->inside->spec(); });
    const std::string& origin = guarded->options.origin;
    guarded->whom.name = guarded->spec.id;
    if (!origin.empty()) guarded->whom.name = fmt::format("{} ({})", guarded->spec.id, origin);
    guarded->parameters = guarded->Call("Environment::parameters", nowhere,
                                        [&] { return guarded->inside->parameters(); });
  } catch (const EnvironmentFault& fault) {
    return Fail(fault.what());
  }
  if (guarded->options.check_data) {
    if (const auto problems = CheckSpec(guarded->spec); !problems.empty()) {
      return Fail(
          fmt::format("broken promise, {}: {}", problems.front().rule, problems.front().detail));
    }
  }
  return std::make_unique<const GuardedEnvironment>(std::move(guarded));
}

}  // namespace

std::string CurrentExceptionName() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return "an exception";
  int failed = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type->name(), nullptr, nullptr, &failed), std::free);
  return failed == 0 && name ? name.get() : type->name();
}

const Environment& Unguarded(const Environment& environment) {
  const auto* guarded = dynamic_cast<const GuardedEnvironment*>(&environment);
  return guarded == nullptr ? environment : guarded->inside();
}

const State& Unguarded(const State& state) {
  const auto* guarded = dynamic_cast<const GuardedState*>(&state);
  return guarded == nullptr ? state : guarded->inside();
}

std::string GuardedNameOf(const Environment& environment) {
  const auto* guarded = dynamic_cast<const GuardedEnvironment*>(&environment);
  return guarded == nullptr ? environment.spec().id : guarded->name();
}

std::string DescribeGuarded(const State& state) {
  const auto* guarded = dynamic_cast<const GuardedState*>(&state);
  return guarded == nullptr ? std::string("a state") : guarded->Describe();
}

void GuardTrace::Set(std::string_view new_method, std::string_view new_state) {
  CopyText(new_method, &method);
  CopyText(new_state, &state);
  calls.fetch_add(1, std::memory_order_relaxed);
}

EnvironmentFault::EnvironmentFault(const std::string& environment, std::string_view method,
                                   const std::string& state, const std::string& what_happened)
    : std::runtime_error(fmt::format("environment {} is at fault: {} {} ({})", environment, method,
                                     what_happened, state)),
      method_(method),
      state_(state),
      what_happened_(what_happened) {}

Result<std::unique_ptr<const Environment>> Guard(std::unique_ptr<const Environment> environment,
                                                 const GuardOptions& options) {
  auto guarded = std::make_shared<Guarded>();
  guarded->owned = std::move(environment);
  guarded->inside = guarded->owned.get();
  guarded->options = options;
  return MakeGuard(std::move(guarded));
}

Result<std::unique_ptr<const Environment>> Guard(const Environment& environment,
                                                 const GuardOptions& options) {
  auto guarded = std::make_shared<Guarded>();
  guarded->inside = &environment;
  guarded->options = options;
  return MakeGuard(std::move(guarded));
}

}  // namespace tesuji::env
