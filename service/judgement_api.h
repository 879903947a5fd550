// The paths under /v1/judgements: asking for judgements, waiting for them, cancelling them.
// Thread-safety: all methods from any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "service/http.h"
#include "service/judgement_request.h"
#include "service/judgements.h"
#include "service/metrics.h"
#include "service/problem_shelf.h"
#include "service/work_queue.h"
#include "verifier/judge/report.h"

namespace tesuji::service {

class JudgementApi {
 public:
  struct Parts {  ///< All borrowed.
    verifier::Compiler& compiler;
    ProblemShelf& problems;
    WorkQueue& queue;
    Metrics& metrics;
    const RunBounds& bounds;
  };
  JudgementApi(Parts parts, JudgementStoreOptions store) : parts_(parts), store_(store) {}

  /// Answers through `answer`, at once or when it is done, as the query's `wait` says. Work of a
  /// client that goes away while it waits is cancelled. `client`: whose turn it is.
  using Answer = std::function<void(HttpResponse)>;
  void Create(const HttpRequest& request, const std::string& client,
              const std::shared_ptr<Exchange>& exchange, const Answer& answer);
  void Show(const HttpRequest& request, const std::string& id,
            const std::shared_ptr<Exchange>& exchange, const Answer& answer);
  void Cancel(const std::string& id, const Answer& answer);

 private:
  struct Job;
  /// An answer to a task.
  Result<verifier::Report> JudgeAnswer(Job& job, std::size_t index, verifier::Workplace& workplace);
  /// A submission to a problem or to tests in the request.
  Result<verifier::Report> JudgeProgram(Job& job, std::size_t index, verifier::Workplace& workplace,
                                        const std::atomic<bool>& ended);
  void JudgeOne(Job& job, std::size_t index, verifier::Workplace& workplace,
                const std::atomic<bool>& ended);
  void Finish(Job& job, std::size_t index, const std::string& state, Json result);
  void CancelAll(const std::shared_ptr<Judgement>& judgement);
  void AnswerWhenDone(const std::shared_ptr<Judgement>& judgement, double wait,
                      const std::shared_ptr<Exchange>& exchange, const Answer& answer);

  const Parts parts_;
  JudgementStore store_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::vector<WorkQueue::Ticket>> tickets_;  ///< By judgement.
};

}  // namespace tesuji::service
