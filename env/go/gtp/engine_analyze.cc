// Analyses that run until the next command arrives. Of a finished game they report its result.
#include "env/go/gtp/engine_session.h"

namespace tesuji::gtp {
namespace {

using std::chrono::milliseconds;

// What there is to say of a finished game: its result. The one move left is the pass.
search::SearchResult FinishedResult(const Session& session, float score) {
  const float value = score > 0 ? 1.0F : score < 0 ? -1.0F : 0.0F;
  const env::Action pass = session.rules().pass();
  search::SearchResult result;
  result.actions.push_back({.action = pass,
                            .visits = 1,
                            .prior = 1,
                            .value = value,
                            .score = score,
                            .principal_variation = {pass}});
  result.best = pass;
  result.visits = 1;
  result.root_value = value;
  result.root_score = score;
  return result;
}

// Whose each cell is when the dead stones are off.
std::vector<float> FinishedOwnership(Session& session) {
  const std::vector<std::int8_t> area =
      AreaWithout(session.game.state(), DeadStones(session.Statuses()));
  return {area.begin(), area.end()};
}

Result<Answer> Analyze(Session& session, const Call& call, AnalysisFormat format) {
  const Result<AnalysisRequest> request =
      ParseAnalysis(session.rules(), session.game.state().color_to_play(), call.arguments());
  if (!request) return tl::unexpected(request.error());
  call.write(StreamedResponseHead(call.command.id));
  const bool over = session.game.over();
  Reporter::Options options;
  options.format = format;
  if (over) {
    options.source = [result = FinishedResult(session, session.FinalScore())] { return result; };
  } else {
    session.analyst().SetPosition(session.game, request->color);
    options.source = [&session] { return session.analyst().Result(/*with_variations=*/true); };
  }
  if (request->ownership && format == AnalysisFormat::kKata) {
    options.ownership = over ? FinishedOwnership(session) : session.Ownership(request->color);
  }
  Reporter reporter(&session, call, *request, std::move(options));
  if (!over) {
    const ThinkLimits limits{.simulations = session.options.analysis_simulations};
    session.analyst().Think(limits, &session.random, [&] {
      reporter.Tick();
      return call.input != nullptr && call.input->Pending();
    });
  }
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

Reporter::Reporter(const Session* session, const Call& call, const AnalysisRequest& request,
                   Options options)
    : session_(session),
      call_(call),
      request_(request),
      options_(std::move(options)),
      last_(session->options.now()) {}

void Reporter::Tick() {
  if (request_.interval.count() == 0) return;
  if (session_->options.now() - last_ >= request_.interval) Report();
}

void Reporter::Report() {
  last_ = session_->options.now();
  const std::string line = FormatAnalysis(options_.format, session_->rules(), request_,
                                          options_.source(), options_.ownership);
  if (line.empty()) return;  // It would end the answer.
  reported_ = true;
  call_.write(line + "\n");
}

std::span<const CommandEntry> AnalysisCommands() {
  static constexpr CommandEntry kCommands[] = {
      {"lz-analyze", LeelaAnalyze, 0, kAnyNumber, "[COLOR] [INTERVAL] SWITCHES"},
      {"kata-analyze", KataAnalyze, 0, kAnyNumber, "[COLOR] [INTERVAL] SWITCHES"},
  };
  return kCommands;
}

}  // namespace tesuji::gtp
