#include "service/judgement_api.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "api/judge.h"
#include "verifier/judge/submission_judge.h"
#include "verifier/judge/task_judge.h"

namespace tesuji::service {
namespace {

using std::chrono::steady_clock;

constexpr double kLongestWait = 300;

HttpResponse Shown(const Judgement& judgement, int unfinished = 200) {
  HttpResponse response;
  response.status = judgement.done() ? 200 : unfinished;
  response.body = judgement.Text();
  response.headers.emplace_back("Location", "/v1/judgements/" + judgement.id());
  return response;
}

/// Seconds of "wait"; 0 when it is missing, nothing when it is no number of them.
std::optional<double> WaitOf(const HttpRequest& request) {
  const std::string text = QueryValue(request.query, "wait");
  if (text.empty()) return 0;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || !(seconds >= 0) ||
      seconds > kLongestWait) {
    return std::nullopt;
  }
  return seconds;
}

HttpResponse BadWait() {
  return ErrorResponse(400, fmt::format("wait must be 0 to {} seconds", kLongestWait));
}

const char* DroppedState(Dropped why) { return why == Dropped::kLate ? "late" : "cancelled"; }

}  // namespace

/// What the submissions of one judgement share.
struct JudgementApi::Job {
  JudgementRequest request;
  std::shared_ptr<Judgement> judgement;
  std::shared_ptr<void> memory;
  steady_clock::time_point start;
  std::once_flag once;
  std::shared_ptr<const verifier::Problem> inline_problem;
  Result<std::shared_ptr<const verifier::JudgeTask>> task = Fail("");
};

void JudgementApi::Finish(Job& job, std::size_t index, const std::string& state, Json result) {
  parts_.metrics.Count("tesuji_submissions_total", fmt::format("state=\"{}\"", state));
  // The store knows that it is done before those who wait do: they may ask at once.
  job.judgement->Finish(index, state, std::move(result), [&] {
    store_.Done(job.judgement);
    const std::lock_guard<std::mutex> lock(mutex_);
    tickets_.erase(job.judgement->id());
  });
}

Result<verifier::Report> JudgementApi::JudgeAnswer(Job& job, std::size_t index,
                                                   verifier::Workplace& workplace) {
  const JudgementRequest& request = job.request;
  std::call_once(job.once, [&] {
    if (request.task.is_null()) {
      job.task = parts_.problems.GetTask(request.problem, request.task_id);
    } else if (auto made = MakeInlineTask(request, parts_.bounds)) {
      job.task = std::make_shared<const verifier::JudgeTask>(std::move(*made));
    } else {
      job.task = tl::unexpected(made.error());
    }
  });
  if (!job.task) return tl::unexpected(job.task.error());
  const verifier::JudgeTask& task = **job.task;
  const verifier::Submission& submission = request.submissions[index];
  verifier::TaskJudge judge(parts_.compiler, request.options, "");
  return judge.Judge(
      workplace, task,
      {submission.name, task.id, submission.files.front().text, submission.language});
}

Result<verifier::Report> JudgementApi::JudgeProgram(Job& job, std::size_t index,
                                                    verifier::Workplace& workplace,
                                                    const std::atomic<bool>& ended) {
  Result<std::shared_ptr<const verifier::Problem>> problem = Fail("");
  if (job.request.problem.empty()) {
    std::call_once(job.once, [&job] {
      job.inline_problem =
          std::make_shared<const verifier::Problem>(MakeInlineProblem(job.request));
    });
    problem = job.inline_problem;
  } else {
    problem = parts_.problems.Get(workplace, job.request.problem, ended);
  }
  if (!problem) return tl::unexpected(problem.error());
  verifier::SubmissionJudge judge(parts_.compiler, **problem, job.request.options);
  return judge.Judge(workplace, job.request.submissions[index]);
}

void JudgementApi::JudgeOne(Job& job, std::size_t index, verifier::Workplace& workplace,
                            const std::atomic<bool>& ended) {
  parts_.metrics.Observe("tesuji_queue_seconds", "",
                         std::chrono::duration<double>(steady_clock::now() - job.start).count());
  job.judgement->SetRunning(index);
  Result<verifier::Report> report = Fail("");
  try {
    report = job.request.asks_task() ? JudgeAnswer(job, index, workplace)
                                     : JudgeProgram(job, index, workplace, ended);
  } catch (const std::exception& error) {  // The machine failed: no verdict.
    verifier::Report broken;
    broken.submission = job.request.submissions[index].name;
    broken.message = error.what();
    report = std::move(broken);
  }
  if (ended)
    return Finish(job, index, job.judgement->cancelled() ? "cancelled" : "late", Json::object());
  if (!report) return Finish(job, index, "failed", {{"error", report.error().message}});
  parts_.metrics.Count("tesuji_verdicts_total",
                       fmt::format("verdict=\"{}\"", env::VerdictName(report->verdict)));
  Finish(job, index, "done", report->ToJson());
}

void JudgementApi::Create(const HttpRequest& request, const std::string& client,
                          const std::shared_ptr<Exchange>& exchange, const Answer& answer) {
  const auto wait = WaitOf(request);
  if (!wait) return answer(BadWait());
  auto parsed = ParseJudgementRequest(request.body, parts_.compiler.languages(), parts_.bounds);
  if (!parsed) return answer(ErrorResponse(400, parsed.error().message));
  if (!parsed->problem.empty() && !parts_.problems.Has(parsed->problem)) {
    return answer(ErrorResponse(404, fmt::format("no problem '{}'; GET /v1/problems lists them",
                                                 parsed->problem.substr(0, 100))));
  }
  if (!parsed->task_id.empty() && !parts_.problems.HoldsTasks(parsed->problem)) {
    return answer(ErrorResponse(
        400, fmt::format("task_id is for files of tasks; '{}' is a package or a folder of tests",
                         parsed->problem)));
  }
  std::vector<std::string> names;
  for (const auto& submission : parsed->submissions) names.push_back(submission.name);
  const auto job = std::make_shared<Job>();
  job->request = std::move(*parsed);
  job->judgement = store_.Make(names);
  job->memory = request.memory;
  job->start = steady_clock::now();
  std::vector<Work> works;
  for (std::size_t i = 0; i < names.size(); ++i) {
    Work work;
    work.client = client;
    if (job->request.deadline_seconds) {
      work.end_by = job->start +
                    std::chrono::milliseconds(std::llround(*job->request.deadline_seconds * 1000));
      work.start_by = work.end_by;
    }
    work.run = [this, job, i](verifier::Workplace& workplace, const std::atomic<bool>& ended) {
      JudgeOne(*job, i, workplace, ended);
    };
    work.drop = [this, job, i](Dropped why) { Finish(*job, i, DroppedState(why), Json::object()); };
    works.push_back(std::move(work));
  }
  auto tickets = parts_.queue.Offer(std::move(works));
  if (!tickets) {
    store_.Forget(job->judgement->id());
    HttpResponse busy = ErrorResponse(429, "the queue is full; try again later");
    busy.headers.emplace_back("Retry-After", "1");
    return answer(std::move(busy));
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!job->judgement->done()) tickets_[job->judgement->id()] = std::move(*tickets);
  }
  if (*wait == 0) return answer(Shown(*job->judgement, 202));
  exchange->WhenGone([this, judgement = job->judgement] { CancelAll(judgement); });
  AnswerWhenDone(job->judgement, *wait, exchange, answer);
}

void JudgementApi::AnswerWhenDone(const std::shared_ptr<Judgement>& judgement, double wait,
                                  const std::shared_ptr<Exchange>& exchange, const Answer& answer) {
  const auto waiting = std::make_shared<const std::function<void()>>(
      [judgement = judgement.get(), answer] { answer(Shown(*judgement)); });
  // The timer alone keeps who waits. It ends with the answer, or when the client goes.
  exchange->After(std::chrono::milliseconds(std::llround(wait * 1000)),
                  [judgement, waiting, answer] { answer(Shown(*judgement, 202)); });
  judgement->WhenDone(waiting);
}

void JudgementApi::Show(const HttpRequest& request, const std::string& id,
                        const std::shared_ptr<Exchange>& exchange, const Answer& answer) {
  const auto wait = WaitOf(request);
  if (!wait) return answer(BadWait());
  const auto judgement = store_.Find(id);
  if (judgement == nullptr)
    return answer(ErrorResponse(404, "no such judgement, or kept no longer"));
  if (*wait == 0 || judgement->done()) return answer(Shown(*judgement));
  AnswerWhenDone(judgement, *wait, exchange, answer);
}

void JudgementApi::CancelAll(const std::shared_ptr<Judgement>& judgement) {
  std::vector<WorkQueue::Ticket> tickets;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = tickets_.find(judgement->id());
    if (found != tickets_.end()) tickets = found->second;
  }
  judgement->Cancel();
  for (const WorkQueue::Ticket ticket : tickets) parts_.queue.Cancel(ticket);
}

void JudgementApi::Cancel(const std::string& id, const Answer& answer) {
  const auto judgement = store_.Find(id);
  if (judgement == nullptr)
    return answer(ErrorResponse(404, "no such judgement, or kept no longer"));
  CancelAll(judgement);
  answer(Shown(*judgement, 202));
}

}  // namespace tesuji::service
