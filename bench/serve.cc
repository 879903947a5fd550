#include "bench/serve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include "bench/clock.h"
#include "core/json.h"
#include "service/service.h"
#include "verifier/judge/run_program.h"
#include "verifier/judge/submission_judge.h"

extern char** environ;

namespace tesuji::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr char kPython[] = "pass\n";
/// Of the kind that `bench judge` judges.
constexpr char kCpp[] =
    "#include <bits/stdc++.h>\nusing namespace std;\nint main() {\n  int a, b;\n"
    "  cin >> a >> b;\n  vector<int> v(50);\n  iota(v.begin(), v.end(), 1);\n"
    "  sort(v.rbegin(), v.rend());\n  map<int, int> m;\n  for (int x : v) ++m[x % 7];\n"
    "  cout << a + b + (m.empty() ? 1 : 0) << \"\\n\";\n}\n";

/// A client with one connection, which it makes anew after Drop().
class Client {
 public:
  explicit Client(std::uint16_t port) : port_(port) {}
  void Drop() { fd_.Reset(); }
  /// The answer's body; empty when there was none with status 200.
  std::string Ask(const std::string& path, const std::string& body) {
    if (!fd_.valid() && !Connect()) return {};
    const std::string request =
        fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{}", path,
                    body.size(), body);
    if (send(fd_.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      return {};
    }
    std::string answer;
    char buffer[16384];
    for (ssize_t got = 0; (got = recv(fd_.get(), buffer, sizeof buffer, 0)) > 0;) {
      answer.append(buffer, static_cast<std::size_t>(got));
      const std::size_t end = answer.find("\r\n\r\n");
      const std::size_t length = answer.find("Content-Length: ");
      if (end == std::string::npos || length > end ||
          answer.size() < end + 4 + static_cast<std::size_t>(std::atoll(&answer[length + 16]))) {
        continue;
      }
      return answer.starts_with("HTTP/1.1 200") ? answer.substr(end + 4) : std::string();
    }
    return {};
  }

 private:
  bool Connect() {
    fd_ = verifier::UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const struct timeval patience = {60, 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return connect(fd_.get(), reinterpret_cast<struct sockaddr*>(&address), sizeof address) == 0;
  }
  std::uint16_t port_;
  verifier::UniqueFd fd_;
};

void PlainPython() {
  std::string words[] = {"/usr/bin/python3", "-c", "pass"};
  char* argv[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t pid = 0;
  if (posix_spawn(&pid, argv[0], nullptr, nullptr, argv, environ) == 0) {
    waitpid(pid, nullptr, 0);
  }
}

struct Times {
  std::vector<double> ms;  ///< Sorted.
  double At(double share) const {
    return ms.empty()
               ? 0
               : ms[std::min(ms.size() - 1,
                             static_cast<std::size_t>(share * static_cast<double>(ms.size())))];
  }
};

/// Calls all of `works` in turn, so that what else this machine does falls on all of them alike.
std::vector<Times> InTurn(milliseconds duration, const std::vector<std::function<void()>>& works) {
  std::vector<Times> times(works.size());
  const auto end = Clock::now() + duration;
  while (Clock::now() < end || times[0].ms.size() < 20) {
    for (std::size_t i = 0; i < works.size(); ++i) {
      const auto start = Clock::now();
      works[i]();
      times[i].ms.push_back(SecondsSince(start) * 1000);
    }
  }
  for (Times& one : times) std::sort(one.ms.begin(), one.ms.end());
  return times;
}

/// Calls `work` on many threads, each with a client; how often a second, and the times.
double AtOnce(int threads, milliseconds duration, std::uint16_t port,
              const std::function<void(Client&)>& work, Times* times) {
  std::mutex mutex;
  std::size_t done = 0;
  std::vector<std::thread> running;
  const auto start = Clock::now();
  const auto end = start + duration;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&] {
      std::vector<double> own;
      Client client(port);
      while (Clock::now() < end) {
        const auto begun = Clock::now();
        work(client);
        own.push_back(SecondsSince(begun) * 1000);
      }
      const std::lock_guard<std::mutex> lock(mutex);
      times->ms.insert(times->ms.end(), own.begin(), own.end());
      done += own.size();
    });
  }
  for (std::thread& thread : running) thread.join();
  std::sort(times->ms.begin(), times->ms.end());
  return static_cast<double>(done) / SecondsSince(start);
}

/// Calls `work` on all lanes for a while; how often a second.
double OnLanes(verifier::Lanes& lanes, milliseconds duration,
               const std::function<void(verifier::Workplace&)>& work) {
  std::mutex mutex;
  std::condition_variable changed;
  int left = lanes.count();
  std::atomic<int> done{0};
  const auto start = Clock::now();
  for (int i = lanes.count(); i > 0; --i) {
    lanes.Post([&](verifier::Workplace& workplace) {
      for (; Clock::now() < start + duration; ++done) work(workplace);
      const std::lock_guard<std::mutex> lock(mutex);
      if (--left == 0) changed.notify_all();
    });
  }
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [&] { return left == 0; });
  return done / SecondsSince(start);
}

/// The judge without a service in front of it.
class Bare {
 public:
  static Result<std::unique_ptr<Bare>> Open(const ServeBenchOptions& options, const fs::path& root,
                                            const verifier::CompilerOptions& compiler) {
    auto sandbox = verifier::Sandbox::Open(options.sandbox);
    if (!sandbox) return tl::unexpected(sandbox.error());
    auto problem = verifier::LoadProblem(root / "problems/sum");
    if (!problem) return tl::unexpected(problem.error());
    problem->limits.time_seconds = 10;
    return std::make_unique<Bare>(options, *sandbox, std::move(*problem), compiler);
  }
  Bare(const ServeBenchOptions& options, const std::shared_ptr<const verifier::Sandbox>& sandbox,
       verifier::Problem problem, const verifier::CompilerOptions& compiler)
      : problem_(std::move(problem)),
        compiler_(verifier::LanguageTable::BuiltIn(), compiler),
        judge_(compiler_, problem_, {}),
        lanes_(sandbox, options.workers, compiler_.mounts()) {
    run_.language = compiler_.languages().Find("python3");
    run_.code = kPython;
  }

  double JudgementsPerSecond(milliseconds duration) {
    return OnLanes(lanes_, duration, [this](verifier::Workplace& workplace) {
      const auto report = judge_.Judge(workplace, {"", "cpp20", {{"main.cc", kCpp}}});
      if (!report || report->verdict != env::Verdict::kAccepted) ++failures_;
    });
  }
  double RunsPerSecond(milliseconds duration) {
    return OnLanes(lanes_, duration, [this](verifier::Workplace& workplace) {
      const auto output = verifier::RunProgram(compiler_, workplace, run_);
      if (!output.run || !output.run->ExitedWith(0)) ++failures_;
    });
  }
  int failures() const { return failures_; }

 private:
  verifier::Problem problem_;
  verifier::Compiler compiler_;
  verifier::SubmissionJudge judge_;
  verifier::ProgramRun run_;
  std::atomic<int> failures_{0};
  verifier::Lanes lanes_;
};

class ServeBench {
 public:
  ServeBench(const ServeBenchOptions& options, fs::path root, const ShowFigure& show)
      : options_(options), root_(std::move(root)), show_(show) {
    fs::create_directories(root_ / "problems/sum");
    std::ofstream(root_ / "problems/sum/1.in") << "3 4\n";
    std::ofstream(root_ / "problems/sum/1.ans") << "7\n";
    compiler_options_.cache_folder = root_ / "cache";
  }

  Status Run() {
    auto bare = Bare::Open(options_, root_, compiler_options_);
    if (!bare) return tl::unexpected(bare.error());
    service::ServiceOptions options;
    options.judge.sandbox = options_.sandbox;
    options.judge.compiler = compiler_options_;
    options.judge.workers = options_.workers;
    options.judge.problems = root_ / "problems";
    auto service = service::Service::Start(std::move(options));
    if (!service) return tl::unexpected(service.error());
    port_ = (*service)->port();
    (*bare)->JudgementsPerSecond(milliseconds(1));  // Compiles.
    (*bare)->RunsPerSecond(milliseconds(1));
    OneClient();
    ManyClients(**bare);
    (*service)->Stop(milliseconds(10'000));
    const int failures = lost_ + (*bare)->failures();
    return failures == 0 ? Status() : Fail(fmt::format("{} answers were lost or wrong", failures));
  }

 private:
  // Own clients of the API keep their connection; those of run_code make one for each request.
  void JudgeCpp(Client& client) { Expect(client, "/v1/judgements?wait=60", judgement_, "\"AC\""); }
  void RunPython(Client& client) {
    Expect(client, "/run_code", python_, "\"status\":\"Success\"");
    client.Drop();
  }
  void RunCpp(Client& client) {
    Expect(client, "/run_code", cpp_, "\"stdout\":\"7\\n\"");
    client.Drop();
  }
  void Expect(Client& client, const char* path, const std::string& body, const char* words) {
    if (client.Ask(path, body).find(words) == std::string::npos) ++lost_;
  }

  void OneClient() {
    Client client(port_);
    RunPython(client);
    RunCpp(client);
    const auto times = InTurn(2 * options_.duration,
                              {PlainPython, [&] { RunPython(client); }, [&] { RunCpp(client); }});
    const char* name = "plain python3 -c pass";
    const auto show = [&](const char* figure, std::size_t which, double share) {
      show_({figure, times[which].At(share), "ms", times[0].At(share), name});
    };
    show("serve/python_p50_ms", 1, 0.5);
    show("serve/python_p99_ms", 1, 0.99);
    show("serve/cached_cpp_p50_ms", 2, 0.5);
    show("serve/cached_cpp_p99_ms", 2, 0.99);
  }

  /// Bare judge and service take turns, for the same reason.
  void Against(const char* name, const std::function<double(milliseconds)>& bare,
               const std::function<void(Client&)>& work) {
    constexpr int kTurns = 5;
    const milliseconds slice = options_.duration / kTurns;
    double theirs = 0;
    double ours = 0;
    Times times;
    for (int i = 0; i < kTurns; ++i) {
      theirs += bare(slice) / kTurns;
      ours += AtOnce(options_.clients, slice, port_, work, &times) / kTurns;
    }
    show_({fmt::format("serve/{}_per_second", name), ours, "1/s", theirs, "bare judge"});
    show_({fmt::format("serve/{}_p50_ms", name), times.At(0.5), "ms", {}, {}});
    show_({fmt::format("serve/{}_p99_ms", name), times.At(0.99), "ms", {}, {}});
  }

  void ManyClients(Bare& bare) {
    Client first(port_);
    JudgeCpp(first);
    Against(
        "judgements", [&](milliseconds time) { return bare.JudgementsPerSecond(time); },
        [this](Client& client) { JudgeCpp(client); });
    Against(
        "python_runs", [&](milliseconds time) { return bare.RunsPerSecond(time); },
        [this](Client& client) { RunPython(client); });
    show_({"serve/lost_answers", static_cast<double>(lost_.load()), "answers", {}, {}});
  }

  const ServeBenchOptions& options_;
  const fs::path root_;
  const ShowFigure& show_;
  verifier::CompilerOptions compiler_options_;
  const std::string python_ = Json({{"code", kPython}, {"language", "python"}}).dump();
  const std::string cpp_ = Json({{"code", kCpp}, {"language", "cpp"}, {"stdin", "3 4\n"}}).dump();
  const std::string judgement_ =
      Json({{"problem", "sum"}, {"submission", {{"language", "cpp"}, {"code", kCpp}}}}).dump();
  std::uint16_t port_ = 0;
  std::atomic<int> lost_{0};
};

}  // namespace

Status BenchServe(const ServeBenchOptions& options, const ShowFigure& show) {
  std::string root = (fs::temp_directory_path() / "tesuji-bench-XXXXXX").string();
  if (mkdtemp(root.data()) == nullptr) throw MachineError("no temporary folder");
  // Containers of root run as another user, who has to reach the precompiled headers.
  fs::permissions(root, fs::perms(0755));
  const Status status = ServeBench(options, root, show).Run();
  std::error_code ignored;
  fs::remove_all(root, ignored);
  return status;
}

}  // namespace tesuji::bench
