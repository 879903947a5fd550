#include "campaign/judging.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/guard.h"

namespace tesuji::campaign {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLook{100};
constexpr std::chrono::seconds kTotalsEvery{5};
/// Drops that are told one by one; the progress line counts the others.
constexpr std::int64_t kToldDrops = 3;

/// What a judge gives is any JSON with any bytes; a trajectory holds an object of sound text.
Json CleanEvidence(const Json& evidence) {
  Json clean = Json::parse(evidence.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (!clean.is_object()) clean = {{"evidence", std::move(clean)}};
  return clean;
}

Json ToJson(const JudgeCounts& counts) {
  return {{"judged", counts.judged},    {"accepted", counts.accepted}, {"retried", counts.retried},
          {"dropped", counts.dropped},  {"refused", counts.refused},   {"late", counts.late},
          {"restarts", counts.restarts}};
}

}  // namespace

Judging::Judging(JudgingOptions options)
    : options_(std::move(options)),
      totals_before_(options_.store->GetFact("judge").value_or(Json::object())),
      queue_(options_.source.make, options_.queue) {}

void Judging::Put(env::FinishedEpisode episode) {
  const std::uint64_t number = episode.trajectory.provenance.episode;
  std::unique_ptr<env::State> state = std::move(episode.awaits_judge);
  ++awaited_;
  {
    const std::lock_guard lock(mutex_);
    episodes_[number] = std::move(episode);
  }
  while (!queue_.Put(number, state)) {
    // Close() finds it among episodes_.
    if (options_.stopping()) return;
    if (options_.one_thread) {
      for (auto& answer : queue_.Take(kLook)) early_.push_back(std::move(answer));
      CheckHope();
    } else {
      queue_.WaitForRoom(kLook);
    }
  }
}

void Judging::Deliver(milliseconds wait) {
  for (auto& answer : queue_.Take(wait)) Handle(std::move(answer));
  CheckHope();
  if (Clock::now() - totals_put_ > kTotalsEvery) PutTotals();
}

void Judging::DeliverAll() {
  std::vector<JudgeAnswer> answers = std::exchange(early_, {});
  while (queue_.size() > 0 && !options_.stopping()) {
    for (auto& answer : queue_.Take(kLook)) answers.push_back(std::move(answer));
    CheckHope();
  }
  std::ranges::sort(answers, {}, &JudgeAnswer::number);
  for (auto& answer : answers) Handle(std::move(answer));
  if (Clock::now() - totals_put_ > kTotalsEvery) PutTotals();
}

void Judging::Handle(JudgeAnswer answer) {
  env::FinishedEpisode episode;
  {
    const std::lock_guard lock(mutex_);
    auto found = episodes_.extract(answer.number);
    episode = std::move(found.mapped());
  }
  if (answer.judgement) {
    Keep(std::move(episode), std::move(*answer.judgement));
  } else {
    Drop(answer.number, answer.reason);
  }
  --awaited_;  // Last: until here the campaign may not believe that all is done.
}

void Judging::Keep(env::FinishedEpisode episode, env::Judgement judgement) {
  env::Trajectory& trajectory = episode.trajectory;
  trajectory.outcome.value = *judgement.value;
  trajectory.outcome.termination = fmt::format("judged:{}", env::VerdictName(judgement.verdict));
  trajectory.evidence = CleanEvidence(judgement.evidence);
  trajectory.provenance.judge = options_.source.identity;
  options_.keep(std::move(trajectory));
}

void Judging::Drop(std::uint64_t number, const std::string& reason) {
  options_.store->AddDropped(1);
  const bool again = options_.play_again(number);
  if (!again) {
    options_.announce(
        fmt::format("episode {} is dropped again and left to the next run: {}", number, reason));
  } else if (++drops_announced_ <= kToldDrops) {
    options_.announce(
        fmt::format("episode {} is dropped and played again later: {}{}", number, reason,
                    drops_announced_ == kToldDrops ? "; further ones are only counted" : ""));
  }
}

void Judging::CheckHope() const {
  const std::string why = queue_.hopeless();
  if (why.empty()) return;
  const std::string given_up = fmt::format("the judge is given up: {}", why);
  if (options_.source.environment.empty()) throw MachineError(given_up);
  throw env::EnvironmentFault(options_.source.environment, "Judge", "in a campaign", given_up);
}

std::vector<storage::UnfinishedEpisode> Judging::Close() {
  queue_.Close();
  for (auto& answer : early_) Handle(std::move(answer));
  early_.clear();
  for (auto& answer : queue_.Take(milliseconds(0))) Handle(std::move(answer));
  PutTotals();
  std::vector<storage::UnfinishedEpisode> unfinished;
  const std::lock_guard lock(mutex_);
  for (auto& [number, episode] : episodes_) {
    if (!episode.bytes.empty())
      unfinished.push_back({number, std::move(episode.bytes), storage::UnfinishedKind::kUnjudged});
  }
  episodes_.clear();
  return unfinished;
}

std::string Judging::Progress(double seconds) const {
  const JudgeCounts counts = queue_.counts();
  std::string line = fmt::format("judge {:.1f}/s, {:.0f} % accepted, {} waiting",
                                 seconds > 0 ? static_cast<double>(counts.judged) / seconds : 0,
                                 counts.judged > 0 ? 100 * static_cast<double>(counts.accepted) /
                                                         static_cast<double>(counts.judged)
                                                   : 0,
                                 awaited_.load());
  if (counts.retried > 0) line += fmt::format(", {} retried", counts.retried);
  if (counts.refused > 0) line += fmt::format(", {} answers refused", counts.refused);
  if (counts.dropped > 0) line += fmt::format(", {} dropped", counts.dropped);
  if (counts.retried + counts.refused + counts.dropped > 0) {
    line += fmt::format(" ({})", queue_.last_problem());
  }
  return line;
}

void Judging::PutTotals() {
  totals_put_ = Clock::now();
  Json totals = ToJson(queue_.counts());
  for (const auto& [name, count] : totals.items()) {
    const auto before = totals_before_.find(name);
    if (before != totals_before_.end() && before->is_number_integer()) {
      count = count.get<std::int64_t>() + before->get<std::int64_t>();
    }
  }
  totals["identity"] = options_.source.identity;
  if (const std::string problem = queue_.last_problem(); !problem.empty()) {
    totals["last_problem"] = CleanEvidence(problem).at("evidence");
  }
  options_.store->PutFact("judge", totals);
}

}  // namespace tesuji::campaign
