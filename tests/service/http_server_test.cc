// The server's limits, with real sockets: what is malformed, huge or slow gets its answer and costs
// nobody else theirs.
#include "service/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/service/raw_client.h"

namespace tesuji::service {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

HttpServerOptions Small() {
  HttpServerOptions options;
  options.header_bytes = 2048;
  options.body_bytes = 10'000;
  options.read = milliseconds(300);
  options.idle = milliseconds(600);
  return options;
}

class HttpServerTest : public testing::Test {
 protected:
  void Start(const HttpServerOptions& options, Handler handler = nullptr) {
    if (!handler) {
      handler = [](HttpRequest request, std::shared_ptr<Exchange> exchange) {
        HttpResponse response;
        response.body = request.method + " " + request.path + " " + request.body;
        exchange->Answer(std::move(response));
      };
    }
    auto server = HttpServer::Start(
        options,
        [](const HttpRequest& head) -> std::optional<HttpResponse> {
          if (head.path == "/refused") return ErrorResponse(403, "no");
          return std::nullopt;
        },
        std::move(handler));
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  std::string Ask(const std::string& bytes) {
    RawClient client(server_->port());
    EXPECT_TRUE(client.connected());
    client.Send(bytes);
    return client.Answer();
  }
  void ExpectAlive() { EXPECT_EQ(StatusOf(Ask(Get("/alive"))), 200); }
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersManyRequestsOnOneConnection) {
  Start(Small());
  RawClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    client.Send(Post("/echo", "body" + std::to_string(i)));
    EXPECT_EQ(BodyOf(client.Answer()), "POST /echo body" + std::to_string(i));
  }
}

// The end of the watch over one request may be handled during the next.
TEST_F(HttpServerTest, NoAnswerIsLostOnConnectionsThatAreKept) {
  HttpServerOptions options;
  options.threads = 6;
  Start(options);
  std::atomic<int> lost{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 12; ++i) {
      threads.emplace_back([&] {
        RawClient client(server_->port());
        for (int k = 0; k < 8000; ++k) {
          client.Send(Post("/echo", "x"));
          if (BodyOf(client.Answer()) == "POST /echo x") continue;
          ++lost;
          return;
        }
      });
    }
  }
  EXPECT_EQ(lost, 0);
}

TEST_F(HttpServerTest, AnswersRequestsThatAreSentAtOnceInTheirOrder) {
  Start(Small());
  RawClient client(server_->port());
  client.Send(Post("/a", "1") + Post("/b", "2") + Get("/c"));
  EXPECT_EQ(BodyOf(client.Answer()), "POST /a 1");
  EXPECT_EQ(BodyOf(client.Answer()), "POST /b 2");
  EXPECT_EQ(BodyOf(client.Answer()), "GET /c ");
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  Start(Small());
  EXPECT_EQ(BodyOf(Ask("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")),
            "POST /x abcde");
}

TEST_F(HttpServerTest, SaysContinueToWhoWaitsForIt) {
  Start(Small());
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(StatusOf(client.Answer()), 100);
  client.Send("hi");
  EXPECT_EQ(BodyOf(client.Answer()), "POST /x hi");
}

TEST_F(HttpServerTest, RefusesAtTheGateBeforeTheBody) {
  Start(Small());
  RawClient client(server_->port());
  client.Send("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n");
  EXPECT_EQ(StatusOf(client.Answer()), 403);
  EXPECT_TRUE(client.IsClosedWithin(milliseconds(4000)));
}

TEST_F(HttpServerTest, RefusesWhatIsNoHttp) {
  Start(Small());
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string("GET / HTTP/1.1\r\nno colon\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")}) {
    EXPECT_EQ(StatusOf(Ask(bytes)), 400) << bytes;
  }
  ExpectAlive();
}

TEST_F(HttpServerTest, RefusesLargeHeadersAndBodies) {
  Start(Small());
  EXPECT_EQ(StatusOf(Ask(Get("/x", "X-Long: " + std::string(4000, 'a') + "\r\n"))), 431);
  EXPECT_EQ(StatusOf(Ask(Get("/" + std::string(4000, 'a')))), 431);
  EXPECT_EQ(StatusOf(Ask(Post("/x", std::string(20'000, 'a')))), 413);
  EXPECT_EQ(StatusOf(Ask("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4e20\r\n" +
                         std::string(20'000, 'a') + "\r\n0\r\n\r\n")),
            413);
  EXPECT_EQ(StatusOf(Ask(Post("/x", std::string(10'000, 'a')))), 200);
}

TEST_F(HttpServerTest, ClosesConnectionsThatAreSlow) {
  Start(Small());
  RawClient silent(server_->port());
  RawClient header(server_->port());
  RawClient body(server_->port());
  header.Send("GET / HT");
  body.Send("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc");
  RawClient dripping(server_->port());
  std::thread drip([&dripping] {
    for (int i = 0; i < 40 && dripping.Send(i == 0 ? "GET / HTTP/1.1\r\nX: " : "a"); ++i) {
      std::this_thread::sleep_for(milliseconds(30));
    }
  });
  EXPECT_TRUE(header.IsClosedWithin(milliseconds(3000)));
  EXPECT_TRUE(body.IsClosedWithin(milliseconds(3000)));
  EXPECT_TRUE(silent.IsClosedWithin(milliseconds(3000)));
  EXPECT_TRUE(dripping.IsClosedWithin(milliseconds(3000)));
  drip.join();
  ExpectAlive();
}

TEST_F(HttpServerTest, SlowConnectionsDoNotHoldUpOthers) {
  HttpServerOptions options = Small();
  options.read = milliseconds(60'000);
  Start(options);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<RawClient>(server_->port()));
    slow.back()->Send("POST / HTTP/1.1\r\nContent-Length: 10000\r\n\r\nabc");
  }
  for (int i = 0; i < 20; ++i) ExpectAlive();
}

TEST_F(HttpServerTest, ConnectionsAboveTheLimitWaitAndAreServed) {
  HttpServerOptions options = Small();
  options.connections = 2;
  Start(options);
  auto first = std::make_unique<RawClient>(server_->port());
  auto second = std::make_unique<RawClient>(server_->port());
  first->Send(Get("/1"));
  second->Send("GET");
  EXPECT_EQ(StatusOf(first->Answer()), 200);
  RawClient third(server_->port());
  third.Send(Get("/3"));
  EXPECT_EQ(StatusOf(third.Answer()), 200);  // As soon as another is closed for being slow.
}

TEST_F(HttpServerTest, BodiesTakeTheirMemoryAsTheyArrive) {
  HttpServerOptions options = Small();
  options.bodies_bytes = 12'000;
  options.read = milliseconds(5'000);
  std::vector<std::shared_ptr<Exchange>> held;
  std::vector<HttpRequest> requests;
  std::mutex mutex;
  Start(options, [&](HttpRequest request, std::shared_ptr<Exchange> exchange) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (request.path == "/hold") {
      held.push_back(std::move(exchange));
      requests.push_back(std::move(request));
    } else {
      exchange->Answer({});
    }
  });
  RawClient announced(server_->port());
  announced.Send("POST /x HTTP/1.1\r\nContent-Length: 9999\r\n\r\n");  // Sends nothing of it.
  EXPECT_EQ(StatusOf(Ask(Post("/x", std::string(9'000, 'a')))), 200);
  RawClient holding(server_->port());
  holding.Send(Post("/hold", std::string(9'000, 'a')));
  while ([&] {
    const std::lock_guard<std::mutex> lock(mutex);
    return held.empty();
  }()) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_EQ(StatusOf(Ask(Post("/x", std::string(9'000, 'a')))), 503);
  held.front()->Answer({});
  EXPECT_EQ(StatusOf(holding.Answer()), 200);
  held.clear();
  requests.clear();
  EXPECT_EQ(StatusOf(Ask(Post("/x", std::string(9'000, 'a')))), 200);
}

TEST_F(HttpServerTest, TellsTheExchangeWhenTheClientGoes) {
  std::atomic<bool> gone{false};
  std::shared_ptr<Exchange> held;
  std::atomic<bool> there{false};
  Start(Small(), [&](HttpRequest, std::shared_ptr<Exchange> exchange) {
    exchange->WhenGone([&gone] { gone = true; });
    held = std::move(exchange);
    there = true;
  });
  RawClient client(server_->port());
  client.Send(Post("/wait", "x"));
  while (!there) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_FALSE(gone);
  client.Close();
  for (int i = 0; i < 3000 && !gone; ++i) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_TRUE(gone);
  held->Answer({});  // Nobody is there; nothing happens.
  held.reset();
}

TEST_F(HttpServerTest, WaitsForAnswersThatTakeLongerThanTheReadLimit) {
  std::thread answering;
  Start(Small(), [&](HttpRequest, std::shared_ptr<Exchange> exchange) {
    answering = std::thread([exchange = std::move(exchange)] {
      std::this_thread::sleep_for(milliseconds(900));
      exchange->Answer({});
    });
  });
  EXPECT_EQ(StatusOf(Ask(Get("/late"))), 200);
  answering.join();
}

TEST_F(HttpServerTest, AnExchangeThatIsForgottenAnswers500) {
  Start(Small(), [](HttpRequest, std::shared_ptr<Exchange>) {});
  EXPECT_EQ(StatusOf(Ask(Get("/x"))), 500);
}

TEST_F(HttpServerTest, AHandlerThatThrowsCostsItsRequestAlone) {
  Start(Small(), [](const HttpRequest& request, const std::shared_ptr<Exchange>& exchange) {
    if (request.path == "/throw") throw std::runtime_error("a bug");
    exchange->Answer({});
  });
  EXPECT_EQ(StatusOf(Ask(Get("/throw"))), 500);
  ExpectAlive();
}

TEST_F(HttpServerTest, StopWaitsForAnswersAndTakesNoNewConnections) {
  std::shared_ptr<Exchange> held;
  std::atomic<bool> there{false};
  Start(Small(), [&](HttpRequest, std::shared_ptr<Exchange> exchange) {
    held = std::move(exchange);
    there = true;
  });
  RawClient client(server_->port());
  client.Send(Get("/x"));
  while (!there) std::this_thread::sleep_for(milliseconds(1));
  std::thread later([&held] {
    std::this_thread::sleep_for(milliseconds(200));
    held->Answer({});
    held.reset();
  });
  const std::uint16_t port = server_->port();
  server_->Stop(milliseconds(5000));
  EXPECT_EQ(StatusOf(client.Answer()), 200);
  EXPECT_FALSE(RawClient(port).connected());
  later.join();
}

TEST(ParseEndpoint, KnowsHostsAndPorts) {
  EXPECT_EQ(ParseEndpoint("127.0.0.1:80")->port, 80);
  EXPECT_EQ(ParseEndpoint("[::1]:8080")->host, "::1");
  EXPECT_EQ(ParseEndpoint("localhost:0")->host, "localhost");
  for (const char* bad : {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                          "::1:80", "127.0.0.1:80x", "[]:1"}) {
    EXPECT_FALSE(ParseEndpoint(bad)) << bad;
  }
}

TEST(IsLoopback, TellsThisMachineFromOthers) {
  EXPECT_TRUE(*IsLoopback("127.0.0.1"));
  EXPECT_TRUE(*IsLoopback("::1"));
  EXPECT_TRUE(*IsLoopback("127.8.9.10"));
  EXPECT_FALSE(*IsLoopback("0.0.0.0"));
  EXPECT_FALSE(*IsLoopback("::"));
  EXPECT_FALSE(*IsLoopback("192.0.2.1"));
}

}  // namespace
}  // namespace tesuji::service
