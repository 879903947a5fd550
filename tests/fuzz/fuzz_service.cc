// Feeds bytes to the service's HTTP server over a real socket, and to the readers of its requests.
// Checked besides crashes and sanitizers: whatever the server sends is an answer with a known
// status, a request that is accepted can be put into a box, and the server goes on answering.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "service/access.h"
#include "service/base64.h"
#include "service/http_server.h"
#include "service/judgement_request.h"
#include "service/run_code.h"

namespace {

using namespace tesuji;
using namespace tesuji::service;

void Require(bool condition) {
  if (!condition) std::abort();
}

const verifier::LanguageTable& Languages() {
  static const verifier::LanguageTable table = verifier::LanguageTable::BuiltIn();
  return table;
}

/// The status of the answer that such a request gets, without running anything.
int ReadRequests(std::string_view body) {
  int status = 400;
  if (auto run = ParseRunCode(body, Languages(), {})) {
    Require(run->language != nullptr && UnfitFiles(*run).empty());
    Require(run->limits.wall.count() > 0 && run->limits.memory_bytes > 0);
    for (const auto& file : run->files) {
      Require(file.name.front() != '/' && file.name.find('\0') == std::string::npos);
    }
    status = 200;
  }
  if (auto request = ParseJudgementRequest(body, Languages(), {})) {
    Require(!request->submissions.empty());
    for (const auto& submission : request->submissions) {
      Require(verifier::UnfitTogether(submission.files).empty());
    }
    status = 200;
  }
  if (const auto bytes = DecodeBase64(body)) {
    Require(bytes->size() <= body.size());
    if (bytes->size() % 3 == 0) Require(EncodeBase64(*bytes) == body);
  }
  return status;
}

HttpServer& Server() {
  static const Access access("");
  static const auto server = [] {
    HttpServerOptions options;
    options.threads = 1;
    options.body_bytes = 4096;
    options.header_bytes = 2048;
    options.read = std::chrono::milliseconds(2000);
    auto started = HttpServer::Start(
        options, [](const HttpRequest& head) { return access.Refuse(head); },
        [](const HttpRequest& request, const std::shared_ptr<Exchange>& exchange) {
          exchange->Answer(ErrorResponse(ReadRequests(request.body),
                                         QueryValue(request.query, "wait") + request.path));
        });
    Require(started.has_value());
    return std::move(*started);
  }();
  return *server;
}

std::string Talk(std::string_view bytes) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(Server().port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Require(connect(fd, reinterpret_cast<struct sockaddr*>(&address), sizeof address) == 0);
  (void)!send(fd, bytes.data(), bytes.size(),
              MSG_NOSIGNAL);  // The server may close before the end.
  shutdown(fd, SHUT_WR);
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 0; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  close(fd);
  return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadRequests(bytes);
  if (bytes.starts_with('{')) return 0;  // A body alone; a connection would only take time.
  static const std::set<std::string> kStatuses = {"100", "200", "400", "403", "413", "431"};
  const std::string answer = Talk(bytes);
  if (!answer.empty()) {
    Require(answer.starts_with("HTTP/1.1 ") || answer.starts_with("HTTP/1.0 "));
    Require(kStatuses.contains(answer.substr(9, 3)));
  }
  static int count = 0;
  if (++count % 256 == 0) {
    Require(Talk("GET /alive HTTP/1.1\r\nHost: localhost\r\n\r\n").find("/alive") !=
            std::string::npos);
  }
  return 0;
}
