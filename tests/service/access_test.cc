// Who is let in.
#include "service/access.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "service/base64.h"
#include "service/service.h"

namespace tesuji::service {
namespace {

constexpr char kToken[] = "a-token-of-many-letters";

int Status(const Access& access, HttpRequest request) {
  if (request.path.empty()) request.path = "/run_code";
  const auto refusal = access.Refuse(request);
  return refusal ? refusal->status : 200;
}

TEST(Access, WithATokenAsksForIt) {
  const Access access(kToken);
  EXPECT_EQ(Status(access, {}), 401);
  EXPECT_EQ(Status(access, {.authorization = "Bearer wrong"}), 401);
  EXPECT_EQ(Status(access, {.authorization = "Bearer "}), 401);
  EXPECT_EQ(Status(access, {.authorization = kToken}), 401);
  EXPECT_EQ(Status(access, {.authorization = std::string("Bearer ") + kToken + " "}), 401);
  EXPECT_EQ(Status(access, {.authorization = std::string("Bearer ") + kToken}), 200);
  EXPECT_EQ(Status(access, {.host = "judge.example:8080",
                            .authorization = std::string("Bearer ") + kToken}),
            200);
}

TEST(Access, TakesTheTokenFromAUrl) {
  const Access access(kToken);
  const auto basic = [](const std::string& pair) { return "Basic " + EncodeBase64(pair); };
  EXPECT_EQ(Status(access, {.authorization = basic(std::string("verl:") + kToken)}), 200);
  EXPECT_EQ(Status(access, {.authorization = basic("verl:wrong")}), 401);
  EXPECT_EQ(Status(access, {.authorization = basic(kToken)}), 401);
  EXPECT_EQ(Status(access, {.authorization = "Basic %%"}), 401);
}

TEST(Access, HealthNeedsNoToken) {
  EXPECT_EQ(Status(Access(kToken), {.path = "/healthz"}), 200);
  EXPECT_EQ(Status(Access(kToken), {.path = "/metrics"}), 401);
}

TEST(Access, RefusesPagesInBrowsers) {
  EXPECT_EQ(Status(Access(""), {.host = "localhost:1", .origin = "https://example.org"}), 403);
  EXPECT_EQ(Status(Access(""), {.host = "localhost:1", .origin = "null"}), 403);
  EXPECT_EQ(Status(Access(""), {.host = "example.org:80"}), 403);
  EXPECT_EQ(Status(Access(""), {.host = "127.0.0.1.example.org"}), 403);
  EXPECT_EQ(Status(Access(""), {.host = "10.0.0.1:80"}), 403);
  for (const char* host : {"", "localhost", "localhost:8080", "127.0.0.1:8080", "127.0.0.1",
                           "127.1.2.3:1", "[::1]:8080", "[::1]"}) {
    EXPECT_EQ(Status(Access(""), {.host = host}), 200) << host;
  }
}

TEST(Access, ReadsTokenFilesThatOthersCannotRead) {
  const std::string path = testing::TempDir() + "token" + std::to_string(getpid());
  std::ofstream(path) << kToken << "\nmore\n";
  chmod(path.c_str(), 0644);
  EXPECT_FALSE(ReadTokenFile(path));
  chmod(path.c_str(), 0600);
  EXPECT_EQ(*ReadTokenFile(path), kToken);
  std::ofstream(path) << "short\n";
  EXPECT_FALSE(ReadTokenFile(path));
  std::filesystem::remove(path);
  EXPECT_FALSE(ReadTokenFile(path));
}

TEST(Service, ListensBeyondThisMachineOnlyWithAToken) {
  ServiceOptions options;
  options.http.host = "0.0.0.0";
  auto service = Service::Start(std::move(options));
  ASSERT_FALSE(service);
  EXPECT_NE(service.error().message.find("need a token"), std::string::npos);
}

}  // namespace
}  // namespace tesuji::service
