#include "env/program/guide/program_guide.h"

#include <fmt/format.h>

#include <set>

#include "campaign/checkpoint_file.h"
#include "env/program/guide/default_guide.h"
#include "search/evaluator.h"

namespace tesuji::env::program {

using enumerate::PlaceWeights;

namespace {

constexpr int kBatch = 512;

class Uniform final : public ProgramGuide {
 public:
  PlaceWeights Weights(const ProgramTask&) override { return enumerate::Costs::UniformWeights(); }
  std::string name() const override { return "uniform"; }
};

class Unigram final : public ProgramGuide {
 public:
  explicit Unigram(const std::vector<double>& counts) {
    for (int place = 0; place < kScopes * kPlaces; ++place) {
      for (const double count : counts) weights_.push_back(static_cast<float>(count + 0.5));
    }
  }
  PlaceWeights Weights(const ProgramTask&) override { return weights_; }
  std::string name() const override { return "unigram"; }

 private:
  PlaceWeights weights_;
};

/// One place of one task as a state, for asking a network; it has no rules.
class PlaceState final : public env::State {
 public:
  PlaceState(const PreparedTask* task, int place, Scope scope)
      : task_(task), place_(place), scope_(scope) {}
  std::unique_ptr<State> Clone() const override { return std::make_unique<PlaceState>(*this); }
  env::Phase phase() const override { return env::Phase::kOngoing; }
  env::Player to_play() const override { return env::Player::kFirst; }
  void LegalActions(std::vector<env::Action>* out) const override { out->clear(); }
  void Apply(env::Action) override {}
  float Value() const override { return 0; }
  Key128 Fingerprint() const override { return {0, static_cast<std::uint64_t>(place_)}; }
  void Encode(std::span<float> out) const override { EncodePlace(*task_, place_, scope_, out); }
  std::string Artifact() const override { return {}; }
  std::string ToText() const override { return {}; }

 private:
  const PreparedTask* task_;
  int place_;
  Scope scope_;
};

class Learned final : public ProgramGuide {
 public:
  Learned(std::unique_ptr<search::Evaluator> evaluator, std::string name)
      : evaluator_(std::move(evaluator)), name_(std::move(name)) {
    for (int place = 0; place < kPlaces; ++place) AddPlace(place);
  }

  PlaceWeights Weights(const ProgramTask& task) override {
    const auto prepared = PrepareTask(task);
    std::vector<PlaceState> states;
    for (const Asked& asked : asked_) {
      states.emplace_back(prepared.get(), asked.place, asked.scope);
    }
    std::vector<search::EvaluationRequest> requests;
    for (std::size_t i = 0; i < states.size(); ++i) {
      requests.push_back({&states[i], asked_[i].fitting});
    }
    std::vector<search::Evaluation> answers(requests.size());
    evaluator_->Evaluate(requests, answers);
    PlaceWeights weights(static_cast<std::size_t>(kScopes) * kPlaces * kOps, 0.0F);
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      const std::size_t row = enumerate::WeightIndex(asked_[i].scope, asked_[i].place);
      for (std::size_t j = 0; j < asked_[i].fitting.size(); ++j) {
        weights[row + static_cast<std::size_t>(asked_[i].fitting[j])] = answers[i].priors[j];
      }
    }
    return weights;
  }
  std::string name() const override { return name_; }

 private:
  std::unique_ptr<search::Evaluator> evaluator_;
  std::string name_;
  struct Asked {
    int place;
    Scope scope;
    std::vector<env::Action> fitting;
  };
  /// Every scope that a hole at this place can have.
  void AddPlace(int place) {
    Argument argument;
    if (place > 0) {
      const auto& parent = Of(static_cast<Op>((place - 1) / kMaxArity));
      if ((place - 1) % kMaxArity >= parent.arity) return;
      argument = parent.arguments[(place - 1) % kMaxArity];
    }
    std::set<Scope> scopes;
    for (int s = 0; s < kScopes; ++s) {
      const auto outer = static_cast<Scope>(s);
      if (place == 0 && outer != Scope::kClosed) continue;
      if (Nests(outer, argument.binds)) {
        scopes.insert(Inner(outer, argument.binds));
      }
    }
    for (const Scope scope : scopes) {
      Asked asked{place, scope, {}};
      for (const auto& production : Productions()) {
        const bool fits = place == 0
                              ? production.type == Type::kList || production.type == Type::kInt
                              : production.type == argument.type;
        // Every constant counts as there: Costs knows which the task has.
        if (fits && Fits(production.op, production.type, scope, {15, kIntPool, kListPool})) {
          asked.fitting.push_back(production.op);
        }
      }
      asked_.push_back(std::move(asked));
    }
  }
  std::vector<Asked> asked_;
};

}  // namespace

std::unique_ptr<ProgramGuide> UniformGuide() { return std::make_unique<Uniform>(); }
std::unique_ptr<ProgramGuide> UnigramGuide(std::vector<double> counts) {
  return std::make_unique<Unigram>(counts);
}
std::unique_ptr<ProgramGuide> PolicyGuide(const Policy& policy) {
  return std::make_unique<Learned>(policy.MakeEvaluator(kBatch), policy.hash());
}
std::unique_ptr<ProgramGuide> NetworkGuide(const learner::Network& network) {
  learner::EvaluatorOptions options;
  options.batch = kBatch;
  return std::make_unique<Learned>(network.MakeEvaluator(options), network.hash());
}

std::vector<double> CountProductions(const storage::Store& store) {
  std::vector<double> counts(kOps, 0);
  store.ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& stored) {
        const bool teaches = stored.status == storage::TrajectoryStatus::kVerified &&
                             stored.split == "train" &&
                             stored.trajectory.provenance.environment_id == "program";
        if (!teaches) return true;
        for (const auto& step : stored.trajectory.steps) {
          if (step.action >= 0 && step.action < kOps) {
            counts[static_cast<std::size_t>(step.action)] += 1;
          }
        }
        return true;
      },
      [](storage::TrajectoryId, const std::string&) {});
  return counts;
}

Result<std::function<std::unique_ptr<ProgramGuide>()>> FindGuide(const std::string& reference,
                                                                 const env::Registry& registry,
                                                                 const learner::Device& device) {
  using Maker = std::function<std::unique_ptr<ProgramGuide>()>;
  if (reference == "uniform") return Maker([] { return UniformGuide(); });
  if (reference.starts_with("unigram:")) {
    auto store = storage::Store::Open(reference.substr(8), storage::OpenMode::kReadOnly);
    if (!store) return tl::unexpected(store.error());
    return Maker([counts = CountProductions(**store)] { return UnigramGuide(counts); });
  }
  auto loaded = reference == "default"
                    ? campaign::LoadCheckpoint({"built-in", std::string(DefaultGuideWeights())},
                                               registry, device)
                    : campaign::LoadCheckpoint(reference, registry, device);
  if (!loaded) {
    return Fail(fmt::format("--guide {}: {}", reference, loaded.error().message));
  }
  if (loaded->environment->spec().id != "program") {
    return Fail(fmt::format("--guide {}: was trained for \"{}\", expected \"program\"", reference,
                            loaded->environment->spec().id));
  }
  return Maker([network = loaded->network] { return NetworkGuide(*network); });
}

}  // namespace tesuji::env::program
