#include "api/contract_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "api/judge_tickets.h"

namespace tesuji::env {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kCollectWait{50};
constexpr int kAttempts = 3;

/// What a judge said of one state.
struct Opinion {
  Verdict verdict = Verdict::kInternalError;
  float value = 0;
  friend bool operator==(const Opinion&, const Opinion&) = default;
};

class JudgeChecker {
 public:
  JudgeChecker(Judge* judge, const std::vector<std::unique_ptr<State>>& finished,
               std::chrono::milliseconds patience)
      : judge_(judge), finished_(finished), patience_(patience) {}

  std::vector<ContractViolation> Run() {
    CheckIdentity();
    const auto first = JudgeAll();
    if (violations_.empty()) CheckOpinions(first);
    return std::move(violations_);
  }

 private:
  void Expect(bool holds, std::string_view rule, const std::string& detail) {
    if (holds) return;
    const auto same = [&](const ContractViolation& known) { return known.rule == rule; };
    if (std::ranges::any_of(violations_, same)) return;
    violations_.push_back({.rule = std::string(rule), .detail = detail});
  }
  void CheckIdentity();
  /// One opinion a state; empty where the judge failed each time. Stops at the first violation.
  std::vector<std::optional<Opinion>> JudgeAll();
  /// False: the judge is full.
  bool SubmitOne(std::size_t state);
  void CollectSome();
  void TakeOne(const Judgement& judgement);
  void CheckOpinions(const std::vector<std::optional<Opinion>>& first);

  Judge* judge_;
  const std::vector<std::unique_ptr<State>>& finished_;
  const std::chrono::milliseconds patience_;
  JudgeTickets tickets_;
  std::map<std::uint64_t, std::size_t> states_;  ///< Of the tickets that are out.
  std::vector<std::size_t> waiting_;
  std::vector<int> attempts_;
  std::vector<std::optional<Opinion>> opinions_;
  std::string last_failure_;
  Clock::time_point last_answer_;
  std::vector<ContractViolation> violations_;
};

void JudgeChecker::CheckIdentity() {
  const Json identity = judge_->identity();
  const bool named = identity.is_object() && identity.contains("name") &&
                     identity["name"].is_string() && !identity["name"].get<std::string>().empty() &&
                     identity.contains("version");
  Expect(named, "Judge::identity is an object with \"name\" and \"version\"",
         identity.dump(-1, ' ', true, Json::error_handler_t::replace));
  Expect(judge_->identity() == identity, "Judge::identity is always the same",
         "two calls gave different objects");
}

bool JudgeChecker::SubmitOne(std::size_t state) {
  const std::uint64_t ticket = tickets_.Issue();
  // The judge may read the state during the call only, so this copy ends right after it.
  const std::unique_ptr<State> copy = finished_[state]->Clone();
  if (!judge_->Submit(ticket, *copy)) {
    tickets_.Withdraw(ticket);
    Expect(!tickets_.out().empty(), "Judge::Submit accepts a state while the judge holds none",
           "it returned false");
    return false;
  }
  ++attempts_[state];
  states_[ticket] = state;
  last_answer_ = Clock::now();
  return true;
}

void JudgeChecker::TakeOne(const Judgement& judgement) {
  using Answer = JudgeTickets::Answer;
  std::string problem;
  const Answer answer = tickets_.Take(judgement, &problem);
  Expect(answer != Answer::kNobodys, "each accepted ticket comes back once, and no other does",
         "the judge " + problem);
  Expect(answer != Answer::kBroken,
         "a judgement has a value in [-1, 1], or kInternalError and no value",
         fmt::format("the judge {} (ticket {})", problem, judgement.ticket));
  const auto state = states_.find(judgement.ticket);
  if (state == states_.end()) return;
  if (answer == Answer::kSound) {
    opinions_[state->second] = Opinion{judgement.verdict, *judgement.value};
  } else if (answer == Answer::kNoValue) {
    last_failure_ = problem;
    if (attempts_[state->second] < kAttempts) waiting_.push_back(state->second);
  }
  states_.erase(state);
}

void JudgeChecker::CollectSome() {
  for (const Judgement& judgement : judge_->Collect(kCollectWait)) {
    last_answer_ = Clock::now();
    TakeOne(judgement);
  }
  if (states_.empty() || Clock::now() - last_answer_ < patience_) return;
  Expect(false, "each accepted ticket comes back",
         fmt::format("{} of {} states are out and none came back within {:.3g} s", states_.size(),
                     finished_.size(), std::chrono::duration<double>(patience_).count()));
}

std::vector<std::optional<Opinion>> JudgeChecker::JudgeAll() {
  opinions_.assign(finished_.size(), std::nullopt);
  attempts_.assign(finished_.size(), 0);
  waiting_.clear();
  for (std::size_t state = finished_.size(); state > 0; --state) waiting_.push_back(state - 1);
  while (violations_.empty() && (!waiting_.empty() || !states_.empty())) {
    while (violations_.empty() && !waiting_.empty() && SubmitOne(waiting_.back())) {
      waiting_.pop_back();
    }
    if (violations_.empty()) CollectSome();
  }
  if (violations_.empty()) {
    for (const Judgement& judgement : judge_->Collect(std::chrono::milliseconds(0))) {
      TakeOne(judgement);
    }
  }
  return opinions_;
}

void JudgeChecker::CheckOpinions(const std::vector<std::optional<Opinion>>& first) {
  const bool any =
      std::ranges::any_of(first, [](const auto& opinion) { return opinion.has_value(); });
  Expect(any, "the judge can judge",
         fmt::format("each of {} states, {} times: it {}", first.size(), kAttempts, last_failure_));
  if (!any || !judge_->repeats()) return;
  const auto second = JudgeAll();
  for (std::size_t state = 0; state < first.size() && violations_.empty(); ++state) {
    if (!first[state] || !second[state]) continue;
    Expect(*first[state] == *second[state],
           "Judge::repeats means that equal states get equal judgements",
           fmt::format("judged twice: {} with {}, then {} with {}; artifact {}",
                       VerdictName(first[state]->verdict), first[state]->value,
                       VerdictName(second[state]->verdict), second[state]->value,
                       finished_[state]->Artifact().substr(0, 100)));
  }
}

}  // namespace

std::vector<ContractViolation> CheckJudge(const MakeJudgeFunction& make_judge,
                                          const std::vector<std::unique_ptr<State>>& finished,
                                          std::chrono::milliseconds patience) {
  auto judge = make_judge();
  if (!judge) return {{.rule = "the judge can be made", .detail = judge.error().message}};
  if (*judge == nullptr) {
    return {{.rule = "an environment whose episodes await a judge has one",
             .detail = "an episode ended in kAwaitsJudge and nothing can judge it; set make_judge "
                       "in its EnvironmentFactory (api/registry.h), or give it a problem for the "
                       "sandbox (--problem, [judge] in the campaign file); a test calls "
                       "CheckContract(registry, id, parameters), which takes the factory's judge"}};
  }
  auto violations = JudgeChecker(judge->get(), finished, patience).Run();
  if (!violations.empty()) return violations;
  // A campaign that stops takes its judge down in the middle of work; `make_judge` is what it calls
  // when a judge has failed.
  for (std::uint64_t ticket = 1; ticket <= finished.size(); ++ticket) {
    if (!(*judge)->Submit(1'000'000 + ticket, *finished[ticket - 1])) break;
  }
  judge->reset();
  judge = make_judge();
  if (!judge || *judge == nullptr) {
    return {{.rule = "the judge can be made a second time",
             .detail = judge ? "make_judge made none" : judge.error().message}};
  }
  return {};
}

}  // namespace tesuji::env
