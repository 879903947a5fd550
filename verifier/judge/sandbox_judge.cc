#include "verifier/judge/sandbox_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "core/version.h"
#include "verifier/judge/time_limit.h"
#include "verifier/problem/group_rules.h"

namespace tesuji::verifier {

using env::Judgement;
using env::Verdict;

SandboxJudge::SandboxJudge(Problem problem, LanguageTable languages, SandboxJudgeOptions options)
    : options_(std::move(options)),
      problem_(std::move(problem)),
      compiler_(std::move(languages), options_.compiler) {}

Result<std::unique_ptr<SandboxJudge>> SandboxJudge::Open(Problem problem, LanguageTable languages,
                                                         SandboxJudgeOptions options) {
  auto sandbox = Sandbox::Open(options.sandbox);
  if (!sandbox) return tl::unexpected(sandbox.error());
  if (languages.Find(options.language) == nullptr) {
    return Fail("no language '" + options.language + "' in the table");
  }
  if (problem.answers_only) {
    return Fail(problem.name +
                ": is a submit-answer problem: it wants answers, and a search makes programs");
  }
  if (problem.scoring && options.full_score <= 0 && !ShareOfBest(problem, 0)) {
    return Fail(fmt::format(
        "{}: its scores have no bound, so they are not values of a search; say which score is "
        "worth 1 (full_score), or give the package a max_score (2025-09) or a range (legacy)",
        problem.name));
  }
  std::unique_ptr<SandboxJudge> judge(
      new SandboxJudge(std::move(problem), std::move(languages), std::move(options)));
  if (!judge->problem_.limits.time_seconds && !judge->options_.judge.time_limit_seconds) {
    const auto rules = SubmissionRules::Load(judge->problem_.folder);
    if (!rules) return tl::unexpected(rules.error());
    Workplace workplace(*sandbox, 0, judge->compiler_.mounts());
    judge->problem_.limits.time_seconds =
        CalibrateTimeLimit(judge->compiler_, workplace, judge->problem_, *rules);
  }
  judge->judge_ =
      std::make_unique<SubmissionJudge>(judge->compiler_, judge->problem_, judge->options_.judge);
  judge->lanes_ =
      std::make_unique<Lanes>(*sandbox, judge->options_.workers, judge->compiler_.mounts());
  return judge;
}

SandboxJudge::~SandboxJudge() {
  if (lanes_ != nullptr) Cancel();
  lanes_.reset();
}

Json SandboxJudge::identity() const {
  const auto seconds = options_.judge.time_limit_seconds ? options_.judge.time_limit_seconds
                                                         : problem_.limits.time_seconds;
  Json identity = {{"name", "sandbox"},
                   {"version", kSoftwareVersion},
                   {"problem", problem_.name},
                   {"problem_sha256", problem_.sha256},
                   {"language", options_.language},
                   {"time_limit_seconds", seconds.value_or(0)},
                   {"accepted_value", options_.accepted_value},
                   {"rejected_value", options_.rejected_value}};
  if (options_.full_score > 0) identity["full_score"] = options_.full_score;
  return identity;
}

bool SandboxJudge::Submit(std::uint64_t ticket, const env::State& finished) {
  assert(finished.phase() == env::Phase::kAwaitsJudge);
  return SubmitSource(ticket, finished.Artifact());
}

bool SandboxJudge::SubmitSource(std::uint64_t ticket, std::string source) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (outstanding_ >= options_.capacity) return false;
    ++outstanding_;
  }
  lanes_->Post([this, ticket, source = std::move(source)](Workplace& workplace) {
    Judgement judgement = JudgeOne(workplace, ticket, source);
    const std::lock_guard<std::mutex> lock(mutex_);
    done_.push_back(std::move(judgement));
    changed_.notify_one();
  });
  return true;
}

float SandboxJudge::ValueOf(const Report& report) const {
  double share = report.verdict == Verdict::kAccepted ? 1 : 0;
  if (problem_.scoring) {
    share = 0;
    if (report.score && options_.full_score > 0) {
      const double part = std::clamp(*report.score / options_.full_score, 0.0, 1.0);
      share = problem_.minimises ? 1 - part : part;
    } else if (report.score) {
      share = ShareOfBest(problem_, *report.score).value_or(0);
    }
    // What graders reject is worth nothing, whatever the bounds are.
    if (problem_.graders && report.verdict != Verdict::kAccepted) share = 0;
  }
  return options_.rejected_value +
         static_cast<float>(share) * (options_.accepted_value - options_.rejected_value);
}

Judgement SandboxJudge::JudgeOne(Workplace& workplace, std::uint64_t ticket,
                                 const std::string& source) {
  Judgement judgement;
  judgement.ticket = ticket;
  try {
    const Language& language = *compiler_.languages().Find(options_.language);
    Submission submission;
    submission.language = language.id;
    submission.files = {{SourceName(language), source}};
    Result<Report> report = Fail("cancelled");
    // Lanes retry a run; a compiler or a disk that failed for a moment deserves a second try too.
    for (int attempt = 0; attempt < 2 && !cancelled_; ++attempt) {
      report = judge_->Judge(workplace, submission);
      if (!report || report->verdict != Verdict::kInternalError) break;
    }
    if (!report) {
      judgement.evidence = {{"message", report.error().message}};
      return judgement;
    }
    judgement.verdict = report->verdict;
    judgement.evidence = report->ToJson();
    if (judgement.verdict != Verdict::kInternalError) {
      judgement.value = ValueOf(*report);
    }
  } catch (const std::exception& error) {
    judgement.verdict = Verdict::kInternalError;
    judgement.value.reset();
    judgement.evidence = {{"message", error.what()}};
  }
  return judgement;
}

std::vector<Judgement> SandboxJudge::Collect(std::chrono::milliseconds wait) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, wait, [this] { return !done_.empty() || outstanding_ == 0; });
  std::vector<Judgement> out(std::make_move_iterator(done_.begin()),
                             std::make_move_iterator(done_.end()));
  done_.clear();
  outstanding_ -= out.size();
  return out;
}

void SandboxJudge::Cancel() {
  cancelled_ = true;
  lanes_->Cancel();
}

}  // namespace tesuji::verifier
