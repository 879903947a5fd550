#include "service/service.h"

#include <fmt/format.h>

namespace tesuji::service {
namespace {

constexpr std::chrono::milliseconds kForAnswers{5'000};

}  // namespace

Result<std::unique_ptr<Service>> Service::Start(ServiceOptions options) {
  const auto loopback = IsLoopback(options.http.host);
  if (!loopback) return tl::unexpected(loopback.error());
  if (!*loopback && options.judge.token.empty()) {
    return Fail(
        fmt::format("{} is not this machine's loopback: other addresses need a token "
                    "(--token-file, or TESUJI_TOKEN)",
                    options.http.host));
  }
  auto judge = JudgeService::Open(std::move(options.judge));
  if (!judge) return tl::unexpected(judge.error());
  std::unique_ptr<Service> service(new Service);
  service->judge_ = std::move(*judge);
  JudgeService& handler = *service->judge_;
  options.http.busy = [&handler](const HttpRequest& request) { return handler.Busy(request.path); };
  auto server = HttpServer::Start(
      options.http, [&handler](const HttpRequest& head) { return handler.Refuse(head); },
      [&handler](HttpRequest request, std::shared_ptr<Exchange> exchange) {
        handler.Handle(std::move(request), std::move(exchange));
      });
  if (!server) return tl::unexpected(server.error());
  service->server_ = std::move(*server);
  return service;
}

Service::~Service() { Stop(std::chrono::milliseconds(0)); }

void Service::Stop(std::chrono::milliseconds most) {
  if (server_ == nullptr) return;
  server_->StopListening();
  judge_->Drain(most);
  server_->Stop(kForAnswers);
}

}  // namespace tesuji::service
