// Finished episodes that await a judge, on their way through it: a bounded queue between whoever
// plays and whoever stores.
//
// Every number that Put() accepted comes back once: from Take(), judged or dropped, or from
// Close(), unjudged. What is no label never comes back as one. A failure of ours (kInternalError,
// an answer that breaks the contract of api/judge.h, no answer in time, a judge that threw) is
// tried again after a pause, a bounded number of times, and then dropped with its reason. Answers
// that nobody waits for (to an unknown ticket, a second one, one too late) are refused or passed
// over, and counted. The judge is called by a thread of its own, one call at a time. One that threw
// is made again. One that does not return from a call is left behind with its thread, and another
// is made. Threads: all methods from any thread. None waits for the judge; Take() waits as long as
// it is told to, Close() at most for JudgeQueueOptions::farewell.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/judge.h"
#include "core/result.h"

namespace tesuji::campaign {

struct JudgeQueueOptions {
  std::size_t capacity = 64;             ///< Put and not yet taken, at most.
  int attempts = 3;                      ///< Of each state, before it is dropped.
  std::chrono::milliseconds pause{500};  ///< Before the second attempt; twice that before a third.
  std::chrono::milliseconds deadline{60'000};  ///< For a call, and for a judgement to come.
  std::chrono::milliseconds farewell{5'000};   ///< For the judge to come back from its last call.
  int hopeless = 50;                           ///< So many in a row dropped: the judge is given up.
};

class JudgeDesk;

/// Makes a judge, the first one and each after a failure. Called on the judge's thread, and may
/// still be called when the queue is gone: it owns what it needs.
using JudgeMaker = std::function<Result<std::unique_ptr<env::Judge>>()>;

/// What came back for one number.
struct JudgeAnswer {
  std::uint64_t number = 0;
  std::optional<env::Judgement> judgement;  ///< With a value. Empty: dropped.
  std::string reason;                       ///< Why it was dropped: what the judge did.
};

/// Since the queue was made.
struct JudgeCounts {
  std::int64_t judged = 0;     ///< Answers that became labels.
  std::int64_t accepted = 0;   ///< Of them, with verdict AC.
  std::int64_t retried = 0;    ///< Attempts that failed and were followed by another.
  std::int64_t dropped = 0;    ///< States without a label after the last attempt.
  std::int64_t refused = 0;    ///< Answers that break the contract.
  std::int64_t late = 0;       ///< Answers after the deadline.
  std::int64_t restarts = 0;   ///< Judges that were made again.
  std::int64_t abandoned = 0;  ///< Judges that did not return from a call.
};

class JudgeQueue {
 public:
  JudgeQueue(JudgeMaker make, const JudgeQueueOptions& options);
  ~JudgeQueue();  ///< Close().
  JudgeQueue(const JudgeQueue&) = delete;
  JudgeQueue& operator=(const JudgeQueue&) = delete;

  /// Takes `finished` (in kAwaitsJudge), or returns false and leaves it: the queue is full.
  /// `number` tells it apart from all others in the queue. After Close(): false.
  bool Put(std::uint64_t number, std::unique_ptr<env::State>& finished);
  /// True when the next Put() has room; waits for that up to `wait`.
  bool WaitForRoom(std::chrono::milliseconds wait);

  /// Waits up to `wait` for at least one answer; may return none. Looks after the deadlines: call
  /// it at least every second.
  std::vector<JudgeAnswer> Take(std::chrono::milliseconds wait);

  /// Ends the judge and gives back the numbers that have no answer, in ascending order. Answers
  /// that had come before are still there for Take().
  std::vector<std::uint64_t> Close();

  std::size_t size() const;  ///< Put and not yet taken.
  JudgeCounts counts() const;
  /// Why nothing more can be expected of this judge; empty while there is hope.
  std::string hopeless() const;
  /// What the judge did wrong last; empty: nothing yet.
  std::string last_problem() const;

 private:
  std::shared_ptr<JudgeDesk> desk_;  ///< Also owned by the judge's thread, which may outlive us.
};

}  // namespace tesuji::campaign
