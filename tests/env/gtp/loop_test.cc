#include "env/go/gtp/loop.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <sstream>
#include <streambuf>
#include <thread>

#include "tests/env/gtp/fakes.h"

namespace tesuji::gtp {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string Converse(const std::string& input, EngineOptions options = QuickOptions()) {
  auto engine = MakeEngine(std::move(options));
  std::istringstream in(input);
  std::ostringstream out;
  RunGtpLoop(in, out, *engine);
  return out.str();
}

TEST(GtpLoop, AnswersEveryCommandUntilQuit) {
  EXPECT_EQ(Converse("1 name\r\n\r\n# nothing\n2 protocol_version\n3 quit\n4 name\n"),
            "=1 tesuji\n\n=2 2\n\n=3\n\n");
}

TEST(GtpLoop, EndsQuietlyWithItsInput) {
  EXPECT_EQ(Converse("1 name\n2 name"), "=1 tesuji\n\n=2 tesuji\n\n");
  EXPECT_EQ(Converse(""), "");
}

TEST(GtpLoop, RefusesOverlongLinesAndGoesOn) {
  const std::string out = Converse("5 play b " + std::string(100'000, 'x') + "\n6 name\n");
  EXPECT_EQ(out, "?5 line too long\n\n=6 tesuji\n\n");
}

TEST(GtpLoop, EndsAnAnalysisAtTheNextLine) {
  EngineOptions options = QuickOptions();
  options.analysis_simulations = 1'000'000'000;
  const std::string out = Converse("1 boardsize 5\n2 lz-analyze 1\n3 name\n4 quit\n", options);
  EXPECT_THAT(out, StartsWith("=1\n\n=2\ninfo move "));
  EXPECT_THAT(out, HasSubstr("\n\n=3 tesuji\n\n=4\n\n"));
}

TEST(GtpLoop, EndsAnAnalysisAtTheEndOfInput) {
  EngineOptions options = QuickOptions();
  options.analysis_simulations = 1'000'000'000;
  EXPECT_THAT(Converse("boardsize 5\nkata-analyze 1\n", options), HasSubstr("info move "));
}

// A pipe as a stream buffer: what a terminal or a controller is.
class PipeBuffer final : public std::streambuf {
 public:
  explicit PipeBuffer(int fd) : fd_(fd) {}

 protected:
  int_type underflow() override {
    const ssize_t got = read(fd_, buffer_, sizeof(buffer_));
    if (got <= 0) return traits_type::eof();
    setg(buffer_, buffer_, buffer_ + got);
    return traits_type::to_int_type(*gptr());
  }

 private:
  int fd_;
  char buffer_[256];
};

// Collects output and lets another thread wait for a part of it.
class WatchedBuffer final : public std::streambuf {
 public:
  bool WaitFor(const std::string& part) {
    std::unique_lock lock(mutex_);
    return grown_.wait_for(lock, std::chrono::seconds(20),
                           [&] { return text_.find(part) != std::string::npos; });
  }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    const std::lock_guard lock(mutex_);
    text_.append(bytes, static_cast<std::size_t>(count));
    grown_.notify_all();
    return count;
  }
  int_type overflow(int_type c) override {
    const char byte = traits_type::to_char_type(c);
    xsputn(&byte, 1);
    return c;
  }

 private:
  std::mutex mutex_;
  std::condition_variable grown_;
  std::string text_;
};

TEST(GtpLoop, TalksThroughAPipeThatStaysOpen) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  PipeBuffer in_buffer(ends[0]);
  std::istream in(&in_buffer);
  WatchedBuffer out_buffer;
  std::ostream out(&out_buffer);
  EngineOptions options = QuickOptions();
  options.analysis_simulations = 1'000'000'000;
  auto engine = MakeEngine(options);
  auto loop = std::async(std::launch::async, [&] { RunGtpLoop(in, out, *engine); });
  const auto send = [&](const std::string& text) {
    ASSERT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  };
  send("1 name\n");
  EXPECT_TRUE(out_buffer.WaitFor("=1 tesuji\n\n"));  // At once, not when the buffer is full.
  send("2 boardsize 9\n3 lz-analyze b 1\n");
  EXPECT_TRUE(out_buffer.WaitFor("=3\ninfo move "));
  send("\n");  // Any line ends an analysis, an empty one too.
  send("4 genmove b\n");
  EXPECT_TRUE(out_buffer.WaitFor("\n\n=4 "));
  send("5 quit\n");
  // The pipe is still open; the loop must end all the same.
  EXPECT_EQ(loop.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  close(ends[1]);
  loop.get();
  close(ends[0]);
}

}  // namespace
}  // namespace tesuji::gtp
