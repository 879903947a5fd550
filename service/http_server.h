// An HTTP/1.1 server for a few threads and many connections, with a limit for everything that a
// client can make large or slow.
//
// A request is first shown to the gate, before its body is read; what the gate answers is sent and
// the connection closed. Bodies share one budget of memory. A connection whose request does not
// come in time, or that does not take its answer, is closed. Above the limit of connections new
// ones wait in the system's queue.
// Thread-safety: all methods from any thread; no Exchange may outlive its server. Boost.Beast stays
// in http_server.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "service/http.h"

namespace tesuji::service {

struct HttpServerOptions {
  std::string host = "127.0.0.1";  ///< An address, or a name that resolves to one.
  std::uint16_t port = 0;          ///< 0: any free one.
  int threads = 2;
  int connections = 1024;
  std::size_t header_bytes = 16 << 10;
  std::uint64_t body_bytes = 16 << 20;     ///< Of one request.
  std::int64_t bodies_bytes = 256 << 20;   ///< Of all requests that somebody holds.
  std::chrono::milliseconds read{30'000};  ///< For a whole request, from its first byte.
  std::chrono::milliseconds write{60'000};
  std::chrono::milliseconds idle{60'000};  ///< Between two requests of a connection.
  /// What a request is told whose body finds no room.
  std::function<HttpResponse(const HttpRequest&)> busy;
};

/// Looks at a request without a body; an answer refuses it.
using Gate = std::function<std::optional<HttpResponse>(const HttpRequest&)>;

class HttpServer {
 public:
  /// Listens at once. Fails when the address cannot be had.
  static Result<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options, Gate gate,
                                                   Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  int connections() const;
  /// Takes no new connections; open ones go on.
  void StopListening();
  /// Waits until all requests have their answers, `most` at longest, then closes everything.
  void Stop(std::chrono::milliseconds most);

 private:
  struct Core;
  explicit HttpServer(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};
/// "HOST:PORT", "[::1]:8080".
Result<Endpoint> ParseEndpoint(const std::string& text);
/// Whether every address that the name stands for is this machine's loopback.
Result<bool> IsLoopback(const std::string& host);

}  // namespace tesuji::service
