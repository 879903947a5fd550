#include "campaign/judge_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tesuji::campaign {
namespace {

/// Judges that hang keep their threads; more of them than this are no way to go on.
constexpr std::int64_t kMostAbandoned = 64;

double InSeconds(std::chrono::milliseconds time) {
  return static_cast<double>(time.count()) / 1000;
}

}  // namespace

bool JudgeDesk::Put(std::uint64_t number, std::unique_ptr<env::State>* finished) {
  if (closed_ || size() >= options_.capacity) return false;
  JudgeEntry entry;
  entry.number = number;
  entry.state = std::move(*finished);
  waiting_.push_back(std::move(entry));
  for_judge.notify_all();
  return true;
}

std::vector<JudgeAnswer> JudgeDesk::TakeAnswers() {
  std::vector<JudgeAnswer> answers(std::make_move_iterator(done_.begin()),
                                   std::make_move_iterator(done_.end()));
  done_.clear();
  if (!answers.empty()) for_caller.notify_all();
  return answers;
}

std::vector<std::uint64_t> JudgeDesk::TakeUnanswered() {
  std::vector<std::uint64_t> numbers;
  for (const JudgeEntry& entry : waiting_) numbers.push_back(entry.number);
  for (const auto& [ticket, entry] : out_) numbers.push_back(entry.number);
  waiting_.clear();
  out_.clear();
  std::ranges::sort(numbers);
  return numbers;
}

std::optional<JudgeDesk::Clock::time_point> JudgeDesk::NextDue() const {
  const auto next = std::ranges::min_element(waiting_, {}, &JudgeEntry::not_before);
  if (next == waiting_.end()) return std::nullopt;
  return next->not_before;
}

std::uint64_t JudgeDesk::TakeDue(std::shared_ptr<const env::State>* state) {
  const auto now = Clock::now();
  const auto due = std::ranges::find_if(
      waiting_, [&](const JudgeEntry& entry) { return entry.not_before <= now; });
  if (due == waiting_.end()) return 0;
  const std::uint64_t ticket = tickets_.Issue();
  JudgeEntry& entry = out_[ticket] = std::move(*due);
  waiting_.erase(due);
  entry.submitted = now;
  entry.answers_before = answers_;
  *state = entry.state;
  return ticket;
}

void JudgeDesk::Refused(std::uint64_t ticket) {
  auto refused = out_.extract(ticket);
  if (refused.empty()) return;
  tickets_.Withdraw(ticket);
  if (out_.empty()) {
    Fail(std::move(refused.mapped()), "the judge accepts no state while it holds none");
  } else {
    waiting_.push_front(std::move(refused.mapped()));
  }
}

void JudgeDesk::Receive(env::Judgement judgement) {
  using Kind = env::JudgeTickets::Answer;
  ++answers_;
  last_answer_ = Clock::now();
  std::string problem;
  const Kind kind = tickets_.Take(judgement, &problem);
  if (kind == Kind::kLate) {
    ++counts_.late;
    return;
  }
  if (kind == Kind::kBroken || kind == Kind::kNobodys) ++counts_.refused;
  if (kind == Kind::kNobodys) {
    problem_ = "the judge " + problem;
    return;
  }
  auto answered = out_.extract(judgement.ticket);
  if (kind != Kind::kSound) return Fail(std::move(answered.mapped()), "the judge " + problem);
  ++counts_.judged;
  if (judgement.verdict == env::Verdict::kAccepted) ++counts_.accepted;
  dropped_in_a_row_ = 0;
  done_.push_back({answered.mapped().number, std::move(judgement), {}});
  for_caller.notify_all();
}

void JudgeDesk::Fail(JudgeEntry entry, const std::string& reason) {
  problem_ = reason;
  ++entry.failed_attempts;
  if (entry.failed_attempts < options_.attempts) {
    ++counts_.retried;
    entry.not_before =
        Clock::now() + options_.pause * (1 << std::min(entry.failed_attempts - 1, 8));
    waiting_.push_back(std::move(entry));
    return;
  }
  ++counts_.dropped;
  ++dropped_in_a_row_;
  done_.push_back({entry.number, std::nullopt, reason});
  for_caller.notify_all();
}

// A state with which Submit() fails is at fault alone: the others have only lost their judge and
// are submitted again. When Collect() fails nobody can tell which of them it was.
void JudgeDesk::FailCall(std::uint64_t ticket, const std::string& reason) {
  problem_ = reason;
  std::map<std::uint64_t, JudgeEntry> out = std::exchange(out_, {});
  const bool one_culprit = out.contains(ticket);
  if (out.empty() && !waiting_.empty()) {  // The judge could not even be made.
    JudgeEntry entry = std::move(waiting_.front());
    waiting_.pop_front();
    return Fail(std::move(entry), reason);
  }
  for (auto& [number, entry] : out) {
    tickets_.Withdraw(number);
    if (number == ticket || !one_culprit) {
      Fail(std::move(entry), reason);
    } else {
      waiting_.push_back(std::move(entry));
    }
  }
}

void JudgeDesk::JudgeDied(std::uint64_t ticket, const std::string& reason) {
  ++counts_.restarts;
  FailCall(ticket, reason);
}

void JudgeDesk::NoteCall(const char* method, std::uint64_t ticket) {
  method_ = method;
  called_with_ = ticket;
  called_at_ = Clock::now();
}

bool JudgeDesk::IsOverdue(const JudgeEntry& entry, Clock::time_point now) const {
  if (now - entry.submitted < options_.deadline) return false;
  // A judge with a long queue of its own is only slow. It has lost this state when it is silent, or
  // when as many others have come back as can be with it at once.
  const bool silent = now - std::max(last_answer_, entry.submitted) >= options_.deadline;
  const auto overtaken = static_cast<std::int64_t>(options_.capacity);
  return silent || answers_ - entry.answers_before >= overtaken;
}

bool JudgeDesk::CheckDeadlines() {
  const auto now = Clock::now();
  if (method_ != nullptr && now - called_at_ >= options_.deadline) return true;
  std::vector<std::uint64_t> overdue;
  for (const auto& [ticket, entry] : out_) {
    if (IsOverdue(entry, now)) overdue.push_back(ticket);
  }
  for (const std::uint64_t ticket : overdue) {
    tickets_.GiveUp(ticket);
    Fail(std::move(out_.extract(ticket).mapped()),
         fmt::format("the judge gave no answer within {:g} s", InSeconds(options_.deadline)));
  }
  if (!overdue.empty()) for_judge.notify_all();
  return false;
}

void JudgeDesk::LeaveJudge() {
  const std::string reason = fmt::format("the judge did not return from {} within {:g} s", method_,
                                         InSeconds(options_.deadline));
  const std::uint64_t ticket = called_with_;
  ++generation_;
  ++counts_.abandoned;
  ++counts_.restarts;
  NoteCall(nullptr, 0);
  FailCall(ticket, reason);
}

void JudgeDesk::LeaveAtTheEnd() {
  ++generation_;
  ++counts_.abandoned;
}

std::string JudgeDesk::Hopeless() const {
  if (dropped_in_a_row_ >= options_.hopeless) {
    return fmt::format("{} states in a row got no judgement; the last problem: {}",
                       dropped_in_a_row_, problem_);
  }
  if (counts_.refused >= 2 * options_.hopeless && counts_.refused > 4 * counts_.judged) {
    return fmt::format("{} answers broke the contract and {} did not; the last problem: {}",
                       counts_.refused, counts_.judged, problem_);
  }
  if (counts_.abandoned > kMostAbandoned) {
    return fmt::format("it did not return from a call {} times; the last problem: {}",
                       counts_.abandoned, problem_);
  }
  return {};
}

}  // namespace tesuji::campaign
