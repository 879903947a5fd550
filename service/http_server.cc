#include "service/http_server.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace tesuji::service {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr std::size_t kLongestClient = 64;
constexpr milliseconds kLinger{2000};

std::string Text(beast::string_view text) { return std::string(text.data(), text.size()); }

using Bytes = std::atomic<std::int64_t>;

/// What one request takes of the memory for all.
class MemoryShare {
 public:
  MemoryShare(std::shared_ptr<Bytes> total, std::int64_t most)
      : total_(std::move(total)), most_(most) {}
  ~MemoryShare() { total_->fetch_sub(held_); }
  MemoryShare(const MemoryShare&) = delete;
  MemoryShare& operator=(const MemoryShare&) = delete;

  /// False: there is no room for that much.
  bool GrowTo(std::int64_t bytes) {
    if (bytes <= held_) return true;
    const std::int64_t more = bytes - held_;
    held_ = bytes;
    return total_->fetch_add(more) + more <= most_;
  }

 private:
  std::shared_ptr<Bytes> total_;
  std::int64_t most_;
  std::int64_t held_ = 0;
};

}  // namespace

/// What server and sessions share. Sessions live in handlers of `io`, which is destroyed first.
struct HttpServer::Core {
  Core(const HttpServerOptions& o, Gate g, Handler h)
      : options(o), gate(std::move(g)), handler(std::move(h)), acceptor(asio::make_strand(io)) {}

  void Accept();
  void OnAccept(beast::error_code error, tcp::socket socket);
  /// A session ended: there is room for another.
  void Freed();
  /// A request has its answer, or nobody to give it to.
  void Answered();

  const HttpServerOptions options;
  const Gate gate;
  const Handler handler;
  std::uint16_t port = 0;
  std::atomic<int> connections{0};
  std::mutex mutex;
  std::condition_variable all_answered;
  int unanswered = 0;  // Guarded by the mutex.
  std::atomic<bool> stopped{false};
  std::shared_ptr<Bytes> memory = std::make_shared<Bytes>(0);
  bool paused = false;  // Of the acceptor's strand.
  std::vector<std::thread> threads;
  asio::io_context io;
  tcp::acceptor acceptor;
};

namespace {

/// One connection. All handlers run on the strand of its socket.
template <class Core>
class Session : public std::enable_shared_from_this<Session<Core>> {
 public:
  Session(Core& core, tcp::socket socket)
      : core_(core), stream_(std::move(socket)), timer_(stream_.get_executor()) {
    ++core_.connections;
    beast::error_code ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    const auto remote = stream_.socket().remote_endpoint(ignored);
    if (!ignored) peer_ = remote.address().to_string();
  }
  ~Session() {
    if (counted_) core_.Answered();
    --core_.connections;
    core_.Freed();
  }

  /// Waits for the next request's first byte, then reads its header.
  void Next() {
    memory_.reset();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(core_.options.header_bytes));
    parser_->body_limit(core_.options.body_bytes);
    if (buffer_.size() > 0) return ReadHeader();
    stream_.expires_after(core_.options.idle);
    stream_.async_read_some(buffer_.prepare(4096), [self = this->shared_from_this()](
                                                       beast::error_code error, std::size_t got) {
      if (error) return;
      self->buffer_.commit(got);
      self->ReadHeader();
    });
  }

 private:
  void ReadHeader() {
    stream_.expires_after(core_.options.read);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](beast::error_code error, std::size_t) {
          error ? self->Refuse(error) : self->OnHeader();
        });
  }

  void OnHeader() {
    const auto& head = parser_->get();
    request_ = {};
    request_.method = Text(head.method_string());
    const std::string target = Text(head.target());
    request_.path = target.substr(0, target.find('?'));
    if (request_.path.size() < target.size()) {
      request_.query = target.substr(request_.path.size() + 1);
    }
    request_.host = Text(head[http::field::host]);
    request_.origin = Text(head[http::field::origin]);
    request_.authorization = Text(head[http::field::authorization]);
    request_.client = Text(head["X-Client"]).substr(0, kLongestClient);
    request_.peer = peer_;
    keep_alive_ = head.keep_alive() &&
                  core_.connections < core_.options.connections - core_.options.connections / 4;
    version_ = head.version();
    if (auto refusal = core_.gate(request_)) {
      refusal->close = true;
      return Write(std::move(*refusal));
    }
    const auto length = parser_->content_length();
    if (length && *length > core_.options.body_bytes) return Refuse(http::error::body_limit);
    if (parser_->is_done()) return OnRequest();
    memory_ = std::make_shared<MemoryShare>(core_.memory, core_.options.bodies_bytes);
    if (beast::iequals(head[http::field::expect], "100-continue")) return Continue();
    ReadBody();
  }

  void Continue() {
    interim_.emplace(http::status::continue_, version_);
    http::async_write(stream_, *interim_,
                      [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                        if (!error) self->ReadBody();
                      });
  }

  /// Piece by piece: a body takes its share of the memory as it arrives, not as it is announced.
  void ReadBody() {
    http::async_read_some(stream_, buffer_, *parser_,
                          [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                            error ? self->Refuse(error) : self->OnPiece();
                          });
  }

  void OnPiece() {
    if (!memory_->GrowTo(static_cast<std::int64_t>(parser_->get().body().size()))) {
      HttpResponse busy = core_.options.busy ? core_.options.busy(request_)
                                             : ErrorResponse(503, "no memory for this request now");
      busy.close = true;
      return Write(std::move(busy));
    }
    parser_->is_done() ? OnRequest() : ReadBody();
  }

  void OnRequest() {
    stream_.expires_never();
    request_.body = std::move(parser_->get().body());
    request_.memory = std::move(memory_);
    {
      const std::lock_guard<std::mutex> lock(core_.mutex);
      ++core_.unanswered;
    }
    counted_ = true;
    const auto self = this->shared_from_this();
    auto exchange = std::make_shared<Exchange>(
        [self](HttpResponse response) {
          asio::post(self->stream_.get_executor(),
                     [self, response = std::move(response)]() mutable {
                       self->OnAnswer(std::move(response));
                     });
        },
        [self](milliseconds time, std::function<void()> function) {
          asio::post(self->stream_.get_executor(),
                     [self, time, function = std::move(function)]() mutable {
                       self->Later(time, std::move(function));
                     });
        });
    exchange_ = exchange;
    watching_ = true;
    ++watch_;
    Watch();
    try {
      core_.handler(std::move(request_), std::move(exchange));
    } catch (const std::exception&) {
      // One request must not end the service. Its exchange is forgotten, which answers 500.
    }
  }

  /// Tells the exchange when the client closes while it waits. That cannot be seen any more once
  /// the client has sent its next request.
  void Watch() {
    stream_.socket().async_wait(tcp::socket::wait_read, [self = this->shared_from_this(),
                                                         watch = watch_](beast::error_code error) {
      // The end of an earlier request's watch may come only now.
      if (!self->watching_ || watch != self->watch_) return;
      char byte = 0;
      const ssize_t got =
          error ? 0
                : recv(self->stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return self->Watch();
      if (got > 0) return;
      self->watching_ = false;
      self->timer_.cancel();
      if (auto exchange = self->exchange_.lock()) exchange->Gone();
    });
  }

  void Later(milliseconds time, std::function<void()> function) {
    if (!watching_) return;
    timer_.expires_after(time);
    timer_.async_wait(
        [self = this->shared_from_this(), function = std::move(function)](beast::error_code error) {
          if (!error && self->watching_) function();
        });
  }

  void OnAnswer(HttpResponse response) {
    if (!watching_) return;
    watching_ = false;
    timer_.cancel();
    beast::error_code ignored;
    stream_.socket().cancel(ignored);
    Write(std::move(response));
  }

  void Write(HttpResponse response) {
    const bool head = parser_ && parser_->get().method() == http::verb::head;
    if (parser_) parser_->get().body() = {};  // Of a request that was refused.
    memory_.reset();
    response_.emplace(static_cast<http::status>(response.status), version_);
    response_->set(http::field::server, "tesuji");
    response_->set(http::field::content_type, response.content_type);
    response_->set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.headers) response_->set(name, value);
    closing_ = response.close || !keep_alive_;
    response_->keep_alive(!closing_);
    if (!head) response_->body() = std::move(response.body);
    response_->prepare_payload();
    stream_.expires_after(core_.options.write);
    http::async_write(stream_, *response_,
                      [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                        self->OnWritten(error);
                      });
  }

  void OnWritten(beast::error_code error) {
    if (counted_) {
      core_.Answered();
      counted_ = false;
    }
    response_.reset();
    if (error) return;
    if (!closing_) return Next();
    stream_.socket().shutdown(tcp::socket::shutdown_send, error);
    stream_.expires_after(kLinger);
    Linger();
  }

  /// Reads on for a moment: closing with unread bytes would take the answer from the client.
  void Linger() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(4096), [self = this->shared_from_this()](
                                                       beast::error_code error, std::size_t) {
      if (!error) self->Linger();
    });
  }

  void Refuse(beast::error_code error) {
    keep_alive_ = false;
    if (error == http::error::body_limit) {
      return Write(ErrorResponse(
          413, fmt::format("the body is larger than {} bytes", core_.options.body_bytes)));
    }
    if (error == http::error::header_limit) {
      return Write(ErrorResponse(
          431, fmt::format("the header is larger than {} bytes", core_.options.header_bytes)));
    }
    if (error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
      return Write(ErrorResponse(400, "this is no HTTP request: " + error.message()));
    }
    // The client has gone or was too slow: nobody is there to be answered.
  }

  Core& core_;
  beast::tcp_stream stream_;
  asio::steady_timer timer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::empty_body>> interim_;
  std::optional<http::response<http::string_body>> response_;
  HttpRequest request_;
  std::shared_ptr<MemoryShare> memory_;
  std::weak_ptr<Exchange> exchange_;
  std::string peer_;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  bool closing_ = false;
  bool watching_ = false;
  std::uint64_t watch_ = 0;  ///< Counts the requests that were watched.
  bool counted_ = false;
};

}  // namespace

void HttpServer::Core::Accept() {
  if (!acceptor.is_open()) return;
  if (connections >= options.connections) {
    paused = true;
    return;
  }
  acceptor.async_accept(asio::make_strand(io), [this](beast::error_code error, tcp::socket socket) {
    OnAccept(error, std::move(socket));
  });
}

void HttpServer::Core::OnAccept(beast::error_code error, tcp::socket socket) {
  if (error == asio::error::operation_aborted) return;
  if (error) {  // No descriptors left, or a client that went: the next one may have better luck.
    auto timer = std::make_shared<asio::steady_timer>(acceptor.get_executor(), milliseconds(50));
    timer->async_wait([this, timer](beast::error_code) { Accept(); });
    return;
  }
  const auto executor = socket.get_executor();
  auto session = std::make_shared<Session<Core>>(*this, std::move(socket));
  asio::post(executor, [session] { session->Next(); });
  Accept();
}

void HttpServer::Core::Answered() {
  const std::lock_guard<std::mutex> lock(mutex);
  if (--unanswered == 0) all_answered.notify_all();
}

void HttpServer::Core::Freed() {
  if (stopped) return;
  asio::post(acceptor.get_executor(), [this] {
    if (!paused) return;
    paused = false;
    Accept();
  });
}

HttpServer::HttpServer(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& options, Gate gate,
                                                      Handler handler) {
  auto core = std::make_unique<Core>(options, std::move(gate), std::move(handler));
  beast::error_code error;
  tcp::resolver resolver(core->io);
  const auto found = resolver.resolve(options.host, std::to_string(options.port),
                                      tcp::resolver::numeric_service, error);
  const std::string where = fmt::format("{}:{}", options.host, options.port);
  if (error) return Fail(fmt::format("{}: {}", where, error.message()));
  const tcp::endpoint endpoint = found.begin()->endpoint();
  core->acceptor.open(endpoint.protocol(), error);
  if (!error) core->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) core->acceptor.bind(endpoint, error);
  if (!error) core->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return Fail(fmt::format("cannot listen on {}: {}", where, error.message()));
  core->port = core->acceptor.local_endpoint().port();
  asio::post(core->acceptor.get_executor(), [raw = core.get()] { raw->Accept(); });
  for (int i = 0; i < std::max(1, options.threads); ++i) {
    core->threads.emplace_back([raw = core.get()] { raw->io.run(); });
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(core)));
}

HttpServer::~HttpServer() { Stop(milliseconds(0)); }

std::uint16_t HttpServer::port() const { return core_->port; }
int HttpServer::connections() const { return core_->connections; }

void HttpServer::StopListening() {
  asio::post(core_->acceptor.get_executor(), [core = core_.get()] {
    beast::error_code ignored;
    core->acceptor.close(ignored);
  });
}

void HttpServer::Stop(milliseconds most) {
  if (core_->threads.empty()) return;
  StopListening();
  const auto until = std::chrono::steady_clock::now() + most;
  {
    std::unique_lock<std::mutex> lock(core_->mutex);
    core_->all_answered.wait_until(lock, until, [this] { return core_->unanswered == 0; });
  }
  core_->stopped = true;
  core_->io.stop();
  for (std::thread& thread : core_->threads) thread.join();
  core_->threads.clear();
}

Result<Endpoint> ParseEndpoint(const std::string& text) {
  const auto colon = text.rfind(':');
  const std::string expected =
      fmt::format("'{}' is not HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080", text);
  if (colon == std::string::npos || colon == 0) return Fail(expected);
  Endpoint endpoint;
  endpoint.host = text.substr(0, colon);
  if (endpoint.host.front() == '[' && endpoint.host.back() == ']') {
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  } else if (endpoint.host.find(':') != std::string::npos) {
    return Fail(expected);
  }
  const std::string digits = text.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  if (endpoint.host.empty() || digits.empty() || error != std::errc() ||
      end != digits.data() + digits.size()) {
    return Fail(expected);
  }
  return endpoint;
}

Result<bool> IsLoopback(const std::string& host) {
  asio::io_context io;
  beast::error_code error;
  tcp::resolver resolver(io);
  const auto found = resolver.resolve(host, "", error);
  if (error) return Fail(fmt::format("{}: {}", host, error.message()));
  for (const auto& entry : found) {
    if (!entry.endpoint().address().is_loopback()) return false;
  }
  return true;
}

}  // namespace tesuji::service
