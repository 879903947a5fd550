// Analyses that run until the next command arrives.
#include "env/go/gtp/engine_session.h"

namespace tesuji::gtp {
namespace {

using std::chrono::milliseconds;

Result<Answer> Analyze(Session& session, const Call& call, AnalysisFormat format) {
  const Result<AnalysisRequest> request =
      ParseAnalysis(session.rules(), session.game.state().color_to_play(), call.arguments());
  if (!request) return tl::unexpected(request.error());
  call.write(StreamedResponseHead(call.command.id));
  Thinker& thinker = session.analyst();
  thinker.SetPosition(session.game, request->color);
  Reporter reporter(&session, &thinker, call, format, *request);
  const ThinkLimits limits{.simulations = session.options.analysis_simulations};
  thinker.Think(limits, &session.random, [&] {
    reporter.Tick();
    return call.input != nullptr && call.input->Pending();
  });
  // Searched out, but nobody has said stop: the last report is repeated at its interval.
  while (call.input != nullptr && !call.input->Pending()) {
    constexpr milliseconds kLongWait{1'000};
    if (!reporter.reported()) reporter.Report();
    call.input->Wait(request->interval.count() > 0 ? request->interval : kLongWait);
    reporter.Tick();
  }
  if (!reporter.reported()) reporter.Report();
  call.write("\n");
  return std::nullopt;
}

Result<Answer> LeelaAnalyze(Session& session, const Call& call) {
  return Analyze(session, call, AnalysisFormat::kLeela);
}
Result<Answer> KataAnalyze(Session& session, const Call& call) {
  return Analyze(session, call, AnalysisFormat::kKata);
}

}  // namespace

Reporter::Reporter(Session* session, Thinker* thinker, const Call& call, AnalysisFormat format,
                   const AnalysisRequest& request)
    : session_(session),
      thinker_(thinker),
      call_(call),
      format_(format),
      request_(request),
      last_(session->options.now()) {
  if (request.ownership && format == AnalysisFormat::kKata) {
    ownership_ = session->Ownership(request.color);
  }
}

void Reporter::Tick() {
  if (request_.interval.count() == 0) return;
  if (session_->options.now() - last_ >= request_.interval) Report();
}

void Reporter::Report() {
  last_ = session_->options.now();
  const std::string line = FormatAnalysis(format_, session_->rules(), request_,
                                          thinker_->Result(/*with_variations=*/true), ownership_);
  if (line.empty()) return;  // It would end the answer.
  reported_ = true;
  call_.write(line + "\n");
}

std::span<const CommandEntry> AnalysisCommands() {
  static constexpr CommandEntry kCommands[] = {
      {"lz-analyze", LeelaAnalyze},
      {"kata-analyze", KataAnalyze},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
