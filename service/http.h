// A request and its answer as the service sees them, without the library that carries them.
//
// An Exchange is one request that awaits its answer. It is answered once, from any thread; what
// comes second is dropped. An Exchange that nobody answers says 500 when it is forgotten, so no
// client waits for ever. When the client goes away first, WhenGone()'s function is called.
// Thread-safety: values; Exchange from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tesuji::service {

struct HttpRequest {
  std::string method = {};  ///< "GET", "POST", …; upper case.
  std::string path = {};    ///< As sent, without the query.
  std::string query = {};   ///< After the '?', as sent.
  std::string body = {};
  std::string host = {};
  std::string origin = {};
  std::string authorization = {};
  std::string client = {};  ///< X-Client, at most 64 bytes.
  std::string peer = {};    ///< The client's address without its port.
  /// A share of the memory that all requests together may take; lives as long as somebody needs it.
  std::shared_ptr<void> memory = {};
};

struct HttpResponse {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool close = false;  ///< The connection ends with this answer.
};

/// {"error": message}
HttpResponse ErrorResponse(int status, std::string_view message);

/// The value of `name` in a query of "a=1&b=2"; empty when it is missing. Nothing is decoded.
std::string QueryValue(std::string_view query, std::string_view name);

class Exchange {
 public:
  using Send = std::function<void(HttpResponse)>;
  /// Calls the function after this time unless the answer was sent before.
  using Later = std::function<void(std::chrono::milliseconds, std::function<void()>)>;
  explicit Exchange(Send send, Later later = nullptr)
      : send_(std::move(send)), later_(std::move(later)) {}
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// False: it was answered before, or the client has gone.
  bool Answer(HttpResponse response);
  /// Called at most once, on another thread or at once, when the client goes before the answer.
  void WhenGone(std::function<void()> function);
  /// Calls the function after this time unless the answer was sent before. At most one is awaited.
  void After(std::chrono::milliseconds time, std::function<void()> function);
  /// The client went away; whoever carries the request says so.
  void Gone();

 private:
  std::mutex mutex_;
  Send send_;  ///< Empty once answered or gone, as is the next.
  Later later_;
  std::function<void()> when_gone_;
  bool gone_ = false;
};

/// Called for each whole request, on one of the server's threads; must not block.
using Handler = std::function<void(HttpRequest, std::shared_ptr<Exchange>)>;

}  // namespace tesuji::service
