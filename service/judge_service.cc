#include "service/judge_service.h"

#include <fmt/format.h>

#include <latch>

#include "core/version.h"

namespace tesuji::service {
namespace {

using std::chrono::steady_clock;

constexpr const char* kPaths[][2] = {
    {"/healthz", "GET"}, {"/metrics", "GET"}, {"/run_code", "POST"}};

/// Who is served in turn: X-Client tells programs behind one address apart.
std::string ClientOf(const HttpRequest& request) {
  return request.client.empty() ? request.peer : request.peer + " " + request.client;
}

HttpResponse JsonResponse(const Json& json, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return response;
}

double SecondsSince(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

}  // namespace

Result<std::unique_ptr<JudgeService>> JudgeService::Open(JudgeServiceOptions options) {
  auto sandbox = verifier::Sandbox::Open(options.sandbox);
  if (!sandbox) return tl::unexpected(sandbox.error());
  return std::unique_ptr<JudgeService>(new JudgeService(std::move(options), std::move(*sandbox)));
}

JudgeService::JudgeService(JudgeServiceOptions options,
                           std::shared_ptr<const verifier::Sandbox> sandbox)
    : options_(std::move(options)),
      access_(options_.token),
      compiler_(options_.languages, options_.compiler),
      lanes_(std::move(sandbox), options_.workers, compiler_.mounts()),
      queue_(lanes_, options_.queue) {
  DeclareMetrics();
  WarmLanes();
}

JudgeService::~JudgeService() = default;

void JudgeService::DeclareMetrics() {
  using Kind = Metrics::Kind;
  metrics_.Declare("tesuji_requests_total", Kind::kCounter, "Requests answered.");
  metrics_.Declare("tesuji_request_seconds", Kind::kHistogram, "From whole request to answer.");
  metrics_.Declare("tesuji_queue_seconds", Kind::kHistogram, "Time that work waited for a lane.");
  metrics_.Declare("tesuji_dropped_total", Kind::kCounter, "Work that was never started.");
  metrics_.Declare("tesuji_queued", Kind::kGauge, "Work that waits for a lane.");
  metrics_.Declare("tesuji_running", Kind::kGauge, "Lanes at work.");
  metrics_.Declare("tesuji_lanes", Kind::kGauge, "Lanes.");
  metrics_.Declare("tesuji_container_restarts", Kind::kGauge, "Containers replaced since start.");
}

void JudgeService::WarmLanes() {
  std::latch all(lanes_.count() + 1);
  for (int i = 0; i < lanes_.count(); ++i) {
    lanes_.Post([&all](verifier::Workplace& workplace) {
      verifier::RunSpec spec;
      spec.argv = {"/usr/bin/true"};
      for (const auto kind : {verifier::ContainerKind::kRun, verifier::ContainerKind::kTool}) {
        workplace.Run(kind, spec);
      }
      all.arrive_and_wait();  // Each lane takes one of these.
    });
  }
  all.arrive_and_wait();
}

HttpResponse JudgeService::Counted(const std::string& path, HttpResponse response) {
  metrics_.Count("tesuji_requests_total",
                 fmt::format("path=\"{}\",status=\"{}\"", path, response.status));
  return response;
}

std::optional<HttpResponse> JudgeService::Refuse(const HttpRequest& head) {
  if (auto refusal = access_.Refuse(head)) return Counted("refused", std::move(*refusal));
  for (const auto& [path, method] : kPaths) {
    if (head.path != path) continue;
    if (head.method == method) return std::nullopt;
    HttpResponse response = ErrorResponse(405, fmt::format("{} takes {}", path, method));
    response.headers.emplace_back("Allow", method);
    return Counted(path, std::move(response));
  }
  return Counted("unknown", ErrorResponse(404, "no such path; docs/service.md has them all"));
}

HttpResponse JudgeService::Busy(const std::string& path) {
  HttpResponse response = ErrorResponse(
      path == "/run_code" ? 504 : 429,
      draining_ ? "the service is going to stop" : "the service is busy; try again later");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

void JudgeService::Handle(HttpRequest request, std::shared_ptr<Exchange> exchange) {
  if (request.path == "/healthz") return exchange->Answer(Counted(request.path, Health()));
  if (request.path == "/metrics") return exchange->Answer(Counted(request.path, MetricsText()));
  if (draining_) return exchange->Answer(Counted(request.path, Busy(request.path)));
  if (request.path == "/run_code") return RunCode(std::move(request), std::move(exchange));
}

void JudgeService::RunCode(HttpRequest request, std::shared_ptr<Exchange> exchange) {
  const auto start = steady_clock::now();
  auto parsed = ParseRunCode(request.body, compiler_.languages(), options_.bounds);
  if (!parsed) {
    return exchange->Answer(Counted("/run_code", ErrorResponse(400, parsed.error().message)));
  }
  request.body = {};
  const auto program = std::make_shared<const verifier::ProgramRun>(std::move(*parsed));
  const bool compiles = program->language->makes_binary;
  Work work;
  work.client = ClientOf(request);
  // What starts in time also ends before the client gives up: its own limits are then all it needs.
  work.start_by =
      start + options_.patience +
      (compiles
           ? std::chrono::milliseconds(0)
           : std::chrono::milliseconds(static_cast<std::int64_t>(program->compile_seconds * 1000)));
  const auto answer = [this, start, exchange](HttpResponse response) {
    metrics_.Observe("tesuji_request_seconds", "path=\"/run_code\"", SecondsSince(start));
    exchange->Answer(Counted("/run_code", std::move(response)));
  };
  work.run = [this, start, program, answer, memory = request.memory](
                 verifier::Workplace& workplace, const std::atomic<bool>& ended) {
    metrics_.Observe("tesuji_queue_seconds", "", SecondsSince(start));
    verifier::ProgramOutput output;
    try {
      output = verifier::RunProgram(compiler_, workplace, *program);
    } catch (const std::exception& error) {  // The machine failed.
      output.broken = error.what();
    }
    if (ended) return answer(Busy("/run_code"));
    answer(JsonResponse(RunCodeAnswer(output, *program)));
  };
  work.drop = [this, answer](Dropped why) {
    metrics_.Count("tesuji_dropped_total",
                   why == Dropped::kLate ? "reason=\"late\"" : "reason=\"cancelled\"");
    answer(Busy("/run_code"));
  };
  const auto ticket = queue_.Add(std::move(work));
  exchange->WhenGone([this, ticket] { queue_.Cancel(ticket); });
}

HttpResponse JudgeService::Health() {
  return JsonResponse({{"status", draining_ ? "stopping" : "ok"},
                       {"version", kSoftwareVersion},
                       {"lanes", lanes_.count()},
                       {"running", queue_.running()},
                       {"queued", queue_.queued()}},
                      draining_ ? 503 : 200);
}

HttpResponse JudgeService::MetricsText() {
  metrics_.Set("tesuji_queued", static_cast<double>(queue_.queued()));
  metrics_.Set("tesuji_running", queue_.running());
  metrics_.Set("tesuji_lanes", lanes_.count());
  metrics_.Set("tesuji_container_restarts", lanes_.restarts());
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4";
  response.body = metrics_.Text();
  return response;
}

void JudgeService::Drain(std::chrono::milliseconds most) {
  draining_ = true;
  queue_.Drain(most);
}

}  // namespace tesuji::service
