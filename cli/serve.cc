#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "cli/judge.h"
#include "cli/judge_setup.h"
#include "service/service.h"

namespace tesuji::cli {
namespace {

struct ServeArguments {
  std::string listen = "127.0.0.1:8080";
  std::string token_file;
  std::string problems;
  std::string languages;
  std::string cache;
  service::ServiceOptions service;
  double drain = 60;
  int queue = 4096;
  bool no_cgroups = false;
};

/// One connection is one descriptor, and lanes have some of their own.
void RaiseDescriptorLimit() {
  struct rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);  // As many connections as there are then.
}

Status ReadToken(const ServeArguments& arguments, std::string* token) {
  if (!arguments.token_file.empty()) {
    auto read = service::ReadTokenFile(arguments.token_file);
    if (!read) return tl::unexpected(read.error());
    *token = *read;
  } else if (const char* given = std::getenv("TESUJI_TOKEN"); given != nullptr && *given != 0) {
    *token = given;
  }
  unsetenv("TESUJI_TOKEN");  // Nothing that we start shall have it.
  return {};
}

int Serve(ServeArguments a) {
  const auto endpoint = service::ParseEndpoint(a.listen);
  if (!endpoint) return Complain("--listen: " + endpoint.error().message);
  a.service.http.host = endpoint->host;
  a.service.http.port = endpoint->port;
  if (Status read = ReadToken(a, &a.service.judge.token); !read) {
    return Complain(read.error().message);
  }
  std::error_code unknown;
  if (!a.problems.empty() && !std::filesystem::is_directory(a.problems, unknown)) {
    return Complain("--problems: " + a.problems + " is no folder");
  }
  a.service.judge.problems = a.problems;
  a.service.judge.warm_compilers = true;
  a.service.judge.queue.most = static_cast<std::size_t>(a.queue);
  // One client may fill three quarters.
  a.service.judge.queue.most_a_client = static_cast<std::size_t>((3 * a.queue + 3) / 4);
  a.service.judge.sandbox.use_cgroups = !a.no_cgroups;
  a.service.judge.compiler.cache_folder = CacheFolder(a.cache);
  if (Status read = ExtendLanguages(a.languages, &a.service.judge.languages); !read) {
    return Complain(read.error().message);
  }
  RaiseDescriptorLimit();
  InstallStopHandler();
  auto service = service::Service::Start(std::move(a.service));
  if (!service) return ComplainOfJudge(service.error());
  const bool bracket = endpoint->host.find(':') != std::string::npos;
  std::cout << fmt::format("listening on http://{}{}{}:{} with {} lanes\n", bracket ? "[" : "",
                           endpoint->host, bracket ? "]" : "", (*service)->port(),
                           (*service)->lanes())
            << std::flush;
  while (!StopRequested()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::cerr << "tesuji: stopping; what was taken is answered first, a second signal ends at once\n";
  (*service)->Stop(std::chrono::milliseconds(static_cast<std::int64_t>(a.drain * 1000)));
  return kDone;
}

}  // namespace

void AddServeCommand(Command app, Context* context) {
  auto a = std::make_shared<ServeArguments>();
  auto command = AddCommand(app, context, "serve",
                            "The judge as an HTTP service: POST /v1/judgements, POST /run_code as "
                            "SandboxFusion has it, /healthz, /metrics (docs/service.md).",
                            [=] { return Serve(*a); });
  command
      .Add("--listen", a->listen,
           "HOST:PORT; port 0 takes a free one. Other hosts than this machine need a token.")
      .ShowDefault();
  command.Add("--token-file", a->token_file,
              "File whose first line clients must send; or TESUJI_TOKEN in the environment.");
  command.Add("--problems", a->problems,
              "Folder of problems (packages, or folders of tests) that requests may name.");
  command.Add("--workers", a->service.judge.workers, "Judging lanes; 0: one a processor.")
      .Between(0, 1024);
  command.Add("--languages", a->languages, "TOML file that extends the language table.");
  command.Add("--cache", a->cache, "Folder of the compile cache.");
  command.Add("--queue", a->queue, "Submissions that may wait; then the answer is 429.")
      .ShowDefault()
      .Between(1, 10'000'000);
  command.Add("--connections", a->service.http.connections, "Open connections at most.")
      .ShowDefault()
      .Between(1, 1000000);
  command.Add("--max-seconds", a->service.judge.bounds.seconds, "Largest time limit of a request.")
      .ShowDefault()
      .Between(0.1, 86400.0);
  command.Add("--max-memory", a->service.judge.bounds.memory_mib, "Largest memory limit, MiB.")
      .ShowDefault()
      .Between(16, 1 << 20);
  command.Add("--drain", a->drain, "Seconds for what was taken, when the service is stopped.")
      .ShowDefault()
      .Between(0.0, 86400.0);
  command.AddFlag("--no-cgroups", a->no_cgroups, "Do not use control groups.");
  command.Footer("Example: tesuji serve --listen 127.0.0.1:8080 --problems problems");
}

}  // namespace tesuji::cli
