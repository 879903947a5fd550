// What a JudgeQueue and its judge's thread share: which states wait, which are with the judge under
// which ticket, what has come back, and which call the judge is in. Every rule about attempts,
// answers and deadlines is here; campaign/judge_service.h calls the judge.
// Threads: the caller of a method holds `mutex`, except where it says otherwise.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "api/judge_tickets.h"
#include "campaign/judge_queue.h"

namespace tesuji::campaign {

/// A state on its way.
struct JudgeEntry {
  std::uint64_t number = 0;
  std::shared_ptr<const env::State> state;  ///< Shared with a call that may never return.
  int failed_attempts = 0;
  std::chrono::steady_clock::time_point not_before;
  std::chrono::steady_clock::time_point submitted;
  std::int64_t answers_before = 0;  ///< That had come when it was submitted.
};

class JudgeDesk {
 public:
  using Clock = std::chrono::steady_clock;

  JudgeDesk(JudgeMaker make, const JudgeQueueOptions& options)
      : make_(std::move(make)), options_(options) {}

  const JudgeQueueOptions& options() const { return options_; }
  /// For the judge's thread, without `mutex`.
  Result<std::unique_ptr<env::Judge>> MakeJudge() const { return make_(); }

  // --- for the queue ------------------------------------------------------------------------
  bool Put(std::uint64_t number, std::unique_ptr<env::State>* finished);
  bool HasRoom() const { return closed_ || size() < options_.capacity; }
  std::size_t size() const { return waiting_.size() + out_.size() + done_.size(); }
  bool HasAnswers() const { return !done_.empty(); }
  std::vector<JudgeAnswer> TakeAnswers();
  /// True: the judge does not return from a call and must be left behind.
  bool CheckDeadlines();
  /// Gives up the judge that is in a call, and whoever serves it.
  void LeaveJudge();
  /// The same when the queue closes: no state has failed for that.
  void LeaveAtTheEnd();
  /// The numbers of the states that have no answer, in ascending order; they are gone then.
  std::vector<std::uint64_t> TakeUnanswered();
  void CloseDesk() { closed_ = true; }
  const JudgeCounts& counts() const { return counts_; }
  const std::string& problem() const { return problem_; }
  std::string Hopeless() const;

  // --- for the judge's thread, which has the number `generation` -----------------------------
  bool IsLeft(std::uint64_t generation) const { return generation != generation_; }
  bool Goes(std::uint64_t generation) const { return !IsLeft(generation) && !closed_; }
  std::uint64_t generation() const { return generation_; }
  bool HasOut() const { return !out_.empty(); }
  /// When the next state may be submitted; empty: none waits.
  std::optional<Clock::time_point> NextDue() const;
  /// The next state that is due, out under a new ticket; 0: none is.
  std::uint64_t TakeDue(std::shared_ptr<const env::State>* state);
  /// Submit() returned false.
  void Refused(std::uint64_t ticket);
  void Receive(env::Judgement judgement);
  /// The judge threw; `ticket`: of the state that Submit() was called with, or 0.
  void JudgeDied(std::uint64_t ticket, const std::string& reason);
  /// It is in this call from now on; null: it has returned.
  void NoteCall(const char* method, std::uint64_t ticket);

  std::mutex mutex;
  std::condition_variable for_judge;   ///< Work came, or the queue closes.
  std::condition_variable for_caller;  ///< An answer came, room came, or the thread ended.
  std::thread thread;                  ///< That serves the present judge.
  bool thread_ended = false;

 private:
  void Fail(JudgeEntry entry, const std::string& reason);
  void FailCall(std::uint64_t ticket, const std::string& reason);
  bool IsOverdue(const JudgeEntry& entry, Clock::time_point now) const;

  const JudgeMaker make_;
  const JudgeQueueOptions options_;
  std::deque<JudgeEntry> waiting_;
  std::map<std::uint64_t, JudgeEntry> out_;  ///< By ticket.
  std::deque<JudgeAnswer> done_;
  env::JudgeTickets tickets_;
  JudgeCounts counts_;
  std::int64_t answers_ = 0;  ///< Of any kind.
  int dropped_in_a_row_ = 0;
  std::string problem_;
  bool closed_ = false;
  std::uint64_t generation_ = 0;
  const char* method_ = nullptr;  ///< Of the call that the judge is in.
  std::uint64_t called_with_ = 0;
  Clock::time_point called_at_;
  Clock::time_point last_answer_;
};

}  // namespace tesuji::campaign
