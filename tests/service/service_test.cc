// The whole service in this process, for sanitizers: many clients that ask, wait, cancel and go.
#include "service/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "core/json.h"
#include "tests/service/raw_client.h"

namespace tesuji::service {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;

class ServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("service" + std::to_string(getpid()));
    fs::create_directories(root_ / "problems/sum");
    std::ofstream(root_ / "problems/sum/1.in") << "3 4\n";
    std::ofstream(root_ / "problems/sum/1.ans") << "7\n";
    ServiceOptions options;
    options.judge.workers = 3;
    options.judge.problems = root_ / "problems";
    options.judge.compiler.cache_folder = root_ / "cache";
    options.judge.compiler.precompiled_headers = false;
    auto service = Service::Start(std::move(options));
    if (!service) GTEST_SKIP() << service.error().message;
    service_ = std::move(*service);
  }
  void TearDown() override {
    service_.reset();
    fs::remove_all(root_);
  }
  std::string Ask(const std::string& bytes) {
    RawClient client(service_->port());
    client.Send(bytes);
    return client.Answer(milliseconds(60'000));
  }
  static std::string Run(const std::string& code) {
    return Post("/run_code",
                Json({{"code", code}, {"language", "python"}, {"run_timeout", 20}}).dump());
  }
  static std::string Judge(const std::string& code, const std::string& query) {
    return Post("/v1/judgements" + query,
                Json({{"problem", "sum"},
                      {"time_limit", 20},
                      {"submissions",
                       {{{"language", "python"}, {"code", code}},
                        {{"language", "c"}, {"code", "int main(void) { return 0; }"}}}}})
                    .dump());
  }

  fs::path root_;
  std::unique_ptr<Service> service_;
};

constexpr char kEndless[] = "while True: pass";
constexpr char kSum[] = "print(sum(map(int, input().split())))";

TEST_F(ServiceTest, AnswersManyClientsThatDoAllSortsOfThings) {
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int i = 0; i < 12; ++i) {
    clients.emplace_back([this, i, &right] {
      for (int round = 0; round < 4; ++round) {
        switch ((i + round) % 4) {
          case 0:
            right += Ask(Run("print(42)")).find("42\\n") != std::string::npos ? 1 : 0;
            break;
          case 1: {
            const std::string answer = Ask(Judge(kSum, "?wait=60"));
            right += answer.find("\"AC\"") != std::string::npos &&
                             answer.find("\"WA\"") != std::string::npos
                         ? 1
                         : 0;
            break;
          }
          case 2: {  // Goes away, from the queue or from a lane.
            RawClient client(service_->port());
            client.Send(i % 2 == 0 ? Run(kEndless) : Judge(kEndless, "?wait=60"));
            std::this_thread::sleep_for(milliseconds(20 * round));
            ++right;
            break;
          }
          default: {
            const std::string made = Ask(Judge(kEndless, ""));
            const std::string id = Json::parse(BodyOf(made))["id"];
            const std::string path = "/v1/judgements/" + id;
            Ask("DELETE " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            const Json done = Json::parse(BodyOf(Ask(Get(path + "?wait=30"))));
            right += done["state"] == "done" ? 1 : 0;
          }
        }
        Ask(Get("/metrics"));
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 12 * 4);
  EXPECT_THAT(Ask(Get("/healthz")), HasSubstr("\"ok\""));
}

TEST_F(ServiceTest, StopsWhileClientsAskAndGo) {
  std::atomic<bool> over{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([this, i, &over, port = service_->port()] {
      while (!over) {
        RawClient client(port);
        if (!client.connected()) return;
        client.Send(i % 2 == 0 ? Run("print(1)") : Judge(kEndless, "?wait=60"));
        client.Answer(milliseconds(30 * i));
      }
    });
  }
  std::this_thread::sleep_for(milliseconds(700));
  service_->Stop(milliseconds(300));
  over = true;
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace tesuji::service
