// The whole service: a server in front of the judge, started and stopped as one.
// Thread-safety: one caller.
#pragma once

#include <memory>

#include "service/http_server.h"
#include "service/judge_service.h"

namespace tesuji::service {

struct ServiceOptions {
  HttpServerOptions http;
  JudgeServiceOptions judge;
};

class Service {
 public:
  /// Listens when it returns. Refuses to listen beyond this machine without a token.
  static Result<std::unique_ptr<Service>> Start(ServiceOptions options);
  ~Service();

  std::uint16_t port() const { return server_->port(); }
  int lanes() const { return judge_->lanes(); }
  /// Takes nothing new, answers what it has taken (`most` at longest), and ends.
  void Stop(std::chrono::milliseconds most);

 private:
  Service() = default;
  std::unique_ptr<HttpServer> server_;  ///< Ends after the judge, whose work answers through it.
  std::unique_ptr<JudgeService> judge_;
};

}  // namespace tesuji::service
