#include "service/judge_service.h"

#include <fmt/format.h>

#include <cmath>

#include "core/version.h"

namespace tesuji::service {
namespace {

using std::chrono::steady_clock;

struct Route {
  const char* path;  ///< "…/*": one more part follows.
  const char* methods;
};
constexpr Route kRoutes[] = {{"/healthz", "GET"},
                             {"/metrics", "GET"},
                             {"/run_code", "POST"},
                             {"/v1/languages", "GET"},
                             {"/v1/problems", "GET"},
                             {"/v1/judgements", "POST"},
                             {"/v1/judgements/*", "GET, DELETE"}};

/// The part of the path that '*' stands for.
std::string LastPart(const std::string& path) { return path.substr(path.rfind('/') + 1); }

const Route* FindRoute(const std::string& path) {
  for (const Route& route : kRoutes) {
    const std::string_view pattern = route.path;
    if (path == pattern) return &route;
    if (!pattern.ends_with('*')) continue;
    const std::string_view start = pattern.substr(0, pattern.size() - 1);
    if (path.starts_with(start) && path.find('/', start.size()) == std::string::npos &&
        path.size() > start.size()) {
      return &route;
    }
  }
  return nullptr;
}

bool Allows(const Route& route, const std::string& method) {
  const std::string_view methods = route.methods;
  const std::size_t at = methods.find(method);
  return !method.empty() && at != std::string_view::npos &&
         (at + method.size() == methods.size() || methods[at + method.size()] == ',') &&
         (at == 0 || methods[at - 1] == ' ');
}

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
  std::unique_ptr<JudgeService> service(new JudgeService(std::move(options), std::move(*sandbox)));
  if (Status warm = service->WarmLanes(); !warm) return tl::unexpected(warm.error());
  if (service->options_.warm_compilers) service->WarmCompilers();
  return service;
}

JudgeService::JudgeService(JudgeServiceOptions options,
                           std::shared_ptr<const verifier::Sandbox> sandbox)
    : options_(std::move(options)),
      access_(options_.token),
      compiler_(options_.languages, options_.compiler),
      lanes_(std::move(sandbox), options_.workers, compiler_.mounts()),
      problems_(options_.problems, compiler_),
      queue_(lanes_, options_.queue),
      judgements_({compiler_, problems_, queue_, metrics_, options_.bounds}, options_.store) {
  DeclareMetrics();
}

JudgeService::~JudgeService() { Drain(std::chrono::milliseconds(0)); }

void JudgeService::DeclareMetrics() {
  using Kind = Metrics::Kind;
  metrics_.Declare("tesuji_requests_total", Kind::kCounter, "Requests answered.");
  metrics_.Declare("tesuji_request_seconds", Kind::kHistogram, "From whole request to answer.");
  metrics_.Declare("tesuji_queue_seconds", Kind::kHistogram, "Time that work waited for a lane.");
  metrics_.Declare("tesuji_dropped_total", Kind::kCounter, "Work that was never started.");
  metrics_.Declare("tesuji_runs_total", Kind::kCounter, "Programs run by /run_code.");
  metrics_.Declare("tesuji_submissions_total", Kind::kCounter, "Submissions finished, by state.");
  metrics_.Declare("tesuji_verdicts_total", Kind::kCounter, "Verdicts of /v1/judgements.");
  metrics_.Declare("tesuji_queued", Kind::kGauge, "Work that waits for a lane.");
  metrics_.Declare("tesuji_running", Kind::kGauge, "Lanes at work.");
  metrics_.Declare("tesuji_lanes", Kind::kGauge, "Lanes.");
  metrics_.Declare("tesuji_container_restarts", Kind::kGauge, "Containers replaced since start.");
}

Status JudgeService::WarmLanes() {
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    int warm = 0;
    std::string broken;
  };
  const auto shared = std::make_shared<Shared>();
  const int count = lanes_.count();
  for (int i = 0; i < count; ++i) {
    lanes_.Post([this, shared, count](verifier::Workplace& workplace) {
      verifier::RunSpec spec;
      spec.argv = {"/usr/bin/true"};
      std::string broken;
      for (const auto kind : {verifier::ContainerKind::kRun, verifier::ContainerKind::kTool}) {
        broken += workplace.Run(kind, spec).broken;
      }
      StartAhead(workplace);
      std::unique_lock<std::mutex> lock(shared->mutex);
      if (!broken.empty()) shared->broken = broken;
      ++shared->warm;
      shared->changed.notify_all();
      // Keeps the lane, so that every one of these jobs gets another.
      shared->changed.wait(lock, [&] { return shared->warm == count; });
    });
  }
  std::unique_lock<std::mutex> lock(shared->mutex);
  shared->changed.wait(lock, [&] { return shared->warm == count; });
  if (shared->broken.empty()) return {};
  return Fail("the sandbox cannot run programs: " + shared->broken);
}

void JudgeService::StartAhead(verifier::Workplace& workplace) {
  const auto& all = compiler_.languages().all();
  const auto language = std::ranges::find_if(all, [](const verifier::Language& one) {
    return one.starts_ahead && one.WhyMissing().empty();
  });
  if (language == all.end()) return;
  // As a request without settings of its own asks for it.
  const Json request = {{"code", language->canary}, {"language", language->id}};
  const auto run = ParseRunCode(request.dump(), compiler_.languages(), options_.bounds);
  try {
    if (run) verifier::RunProgram(compiler_, workplace, *run);
  } catch (const MachineError&) {
    // Requests will say what is wrong with the machine.
  }
}

void JudgeService::WarmCompilers() {
  Work work;
  work.run = [this](verifier::Workplace& workplace, const std::atomic<bool>&) {
    for (const verifier::Language& language : compiler_.languages().all()) {
      if (language.precompile.empty() || !language.WhyMissing().empty()) continue;
      for (const std::string& header : language.precompiled_headers) {
        const std::string source = fmt::format("#include <{}>\nint main() {{}}\n", header);
        try {
          compiler_.Compile(workplace, language, {{verifier::SourceName(language), source}});
        } catch (const MachineError&) {
          return;  // Requests will say what is wrong with the machine.
        }
      }
    }
  };
  work.drop = [](Dropped) {};
  queue_.Add(std::move(work));
}

std::optional<HttpResponse> JudgeService::Refuse(const HttpRequest& head) {
  std::optional<HttpResponse> refusal = access_.Refuse(head);
  const Route* route = FindRoute(head.path);
  if (!refusal && route == nullptr) {
    refusal = ErrorResponse(404, "no such path; docs/service.md has them all");
  } else if (!refusal && !Allows(*route, head.method)) {
    refusal = ErrorResponse(405, fmt::format("{} takes {}", route->path, route->methods));
    refusal->headers.emplace_back("Allow", route->methods);
  }
  if (refusal) {
    metrics_.Count("tesuji_requests_total",
                   fmt::format("path=\"{}\",status=\"{}\"",
                               route == nullptr ? "unknown" : route->path, refusal->status));
  }
  return refusal;
}

HttpResponse JudgeService::Busy(const std::string& path) {
  const int status = path == "/run_code" ? 504 : draining_ ? 503 : 429;
  HttpResponse response = ErrorResponse(
      status, draining_ ? "the service is going to stop" : "the service is busy; try again later");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

void JudgeService::Handle(HttpRequest request, std::shared_ptr<Exchange> exchange) {
  const Route* route = FindRoute(request.path);
  const auto start = steady_clock::now();
  const Answer answer = [this, start, exchange, path = route->path](HttpResponse response) {
    const int status = response.status;
    if (!exchange->Answer(std::move(response))) return;
    const std::string label = fmt::format("path=\"{}\"", path);
    metrics_.Observe("tesuji_request_seconds", label, SecondsSince(start));
    metrics_.Count("tesuji_requests_total", fmt::format("{},status=\"{}\"", label, status));
  };
  try {
    Dispatch(request, exchange, answer);
  } catch (const std::exception& error) {  // The machine failed. Counted, as every answer is.
    answer(ErrorResponse(500, fmt::format("the service failed: {}", error.what())));
  }
}

void JudgeService::Dispatch(const HttpRequest& request, const std::shared_ptr<Exchange>& exchange,
                            const Answer& answer) {
  if (request.path == "/healthz") return answer(Health());
  if (request.path == "/metrics") return answer(MetricsText());
  if (request.path == "/v1/languages") return answer(Languages());
  if (request.path == "/v1/problems")
    return answer(JsonResponse({{"problems", problems_.Names()}}));
  if (request.path.starts_with("/v1/judgements/")) {
    const std::string id = LastPart(request.path);
    return request.method == "DELETE" ? judgements_.Cancel(id, answer)
                                      : judgements_.Show(request, id, exchange, answer);
  }
  if (draining_) return answer(Busy(request.path));
  if (request.path == "/run_code") return RunCode(request, exchange, answer);
  judgements_.Create(request, ClientOf(request), exchange, answer);
}

void JudgeService::RunCode(const HttpRequest& request, const std::shared_ptr<Exchange>& exchange,
                           const Answer& answer) {
  const auto start = steady_clock::now();
  auto parsed = ParseRunCode(request.body, compiler_.languages(), options_.bounds);
  if (!parsed) return answer(ErrorResponse(400, parsed.error().message));
  if (const std::string why = parsed->language->WhyMissing(); !why.empty()) {
    return answer(JsonResponse(SandboxErrorAnswer(why)));  // Not the program's fault.
  }
  const auto program = std::make_shared<const verifier::ProgramRun>(std::move(*parsed));
  Work work;
  work.client = ClientOf(request);
  // What starts in time also ends before the client gives up: its own limits are then all it needs.
  const double unused = program->language->makes_binary ? 0 : program->compile_seconds;
  work.start_by =
      start + options_.patience + std::chrono::milliseconds(std::llround(unused * 1000));
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
    const Json json = RunCodeAnswer(output, *program);
    metrics_.Count("tesuji_runs_total",
                   fmt::format("status=\"{}\"", json["status"].get<std::string>()));
    answer(JsonResponse(json));
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

HttpResponse JudgeService::Languages() const {
  Json list = Json::array();
  for (const verifier::Language& language : compiler_.languages().all()) {
    list.push_back({{"id", language.id},
                    {"name", language.name},
                    {"aliases", language.aliases},
                    {"missing", language.WhyMissing()},
                    {"extensions", language.extensions},
                    {"source", verifier::SourceName(language)}});
  }
  return JsonResponse({{"languages", list}});
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
