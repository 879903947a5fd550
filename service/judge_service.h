// The judge behind HTTP: which request means what, and how each is answered. docs/service.md has
// the API.
//
// Requests are read on the server's threads and judged on lanes. A client that goes away takes its
// queued work along. What a request makes wait is bounded: our own API says 429, /run_code waits
// and then says 504, which its clients try again.
// Thread-safety: Handle() and Refuse() from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "service/access.h"
#include "service/http.h"
#include "service/judgement_api.h"
#include "service/metrics.h"
#include "service/run_code.h"
#include "service/work_queue.h"
#include "verifier/judge/lanes.h"

namespace tesuji::service {

struct JudgeServiceOptions {
  verifier::SandboxOptions sandbox;
  verifier::CompilerOptions compiler;
  verifier::LanguageTable languages = verifier::LanguageTable::BuiltIn();
  int workers = 0;                 ///< Lanes; 0: one a processor.
  std::filesystem::path problems;  ///< Folder of problems that requests may name; empty: none.
  bool warm_compilers = false;     ///< Makes precompiled headers before they are needed.
  std::string token;
  WorkQueueOptions queue;
  JudgementStoreOptions store;
  RunBounds bounds;
  /// What clients of /run_code allow beside the time limits, less a second for the way.
  std::chrono::milliseconds patience{9'000};
};

class JudgeService {
 public:
  /// Starts the lanes' containers. Fails when the machine cannot isolate.
  static Result<std::unique_ptr<JudgeService>> Open(JudgeServiceOptions options);
  ~JudgeService();

  /// What is known before the body: access, path, method.
  std::optional<HttpResponse> Refuse(const HttpRequest& head);
  void Handle(HttpRequest request, std::shared_ptr<Exchange> exchange);
  /// What a request is told that finds no room.
  HttpResponse Busy(const std::string& path);
  /// Refuses new work and waits for what there is, `most` at longest.
  void Drain(std::chrono::milliseconds most);
  int lanes() const { return lanes_.count(); }

 private:
  JudgeService(JudgeServiceOptions options, std::shared_ptr<const verifier::Sandbox> sandbox);
  /// Starts the containers of all lanes; fails when one cannot be started.
  Status WarmLanes();
  /// Starts the first interpreter of the table that can be started ahead of its run.
  void StartAhead(verifier::Workplace& workplace);
  /// Makes precompiled headers on one lane, so that no request has to wait for them.
  void WarmCompilers();
  void DeclareMetrics();
  using Answer = JudgementApi::Answer;
  void Dispatch(const HttpRequest& request, const std::shared_ptr<Exchange>& exchange,
                const Answer& answer);
  void RunCode(const HttpRequest& request, const std::shared_ptr<Exchange>& exchange,
               const Answer& answer);
  HttpResponse Health();
  HttpResponse Languages() const;
  HttpResponse MetricsText();

  const JudgeServiceOptions options_;
  const Access access_;
  Metrics metrics_;
  std::atomic<bool> draining_{false};
  verifier::Compiler compiler_;
  verifier::Lanes lanes_;
  ProblemShelf problems_;
  WorkQueue queue_;
  JudgementApi judgements_;
};

}  // namespace tesuji::service
