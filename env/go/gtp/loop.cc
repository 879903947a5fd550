#include "env/go/gtp/loop.h"

#include <array>
#include <condition_variable>
#include <deque>
#include <istream>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <thread>

#include "env/go/gtp/protocol.h"

namespace tesuji::gtp {
namespace {

// Lines between the reading thread and the engine's. Bounded: a flood waits in the pipe.
class LineQueue final : public Input {
 public:
  // False: nobody reads any more.
  bool Push(LineSplitter::Line line) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return lines_.size() < kMostLines || closed_; });
    if (closed_) return false;
    lines_.push_back(std::move(line));
    arrived_.notify_one();
    return true;
  }

  void End() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    arrived_.notify_one();
  }

  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_one();
  }

  std::optional<LineSplitter::Line> Pop() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !lines_.empty() || ended_; });
    if (lines_.empty()) return std::nullopt;
    LineSplitter::Line line = std::move(lines_.front());
    lines_.pop_front();
    room_.notify_one();
    return line;
  }

  bool Pending() override {
    const std::lock_guard lock(mutex_);
    return !lines_.empty() || ended_;
  }

  void Wait(std::chrono::milliseconds most) override {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, most, [this] { return !lines_.empty() || ended_; });
  }

 private:
  static constexpr std::size_t kMostLines = 256;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable room_;
  std::deque<LineSplitter::Line> lines_;
  bool ended_ = false;
  bool closed_ = false;
};

bool SaysQuit(const LineSplitter::Line& line) {
  const std::optional<Command> command = ParseCommand(line.text);
  return !line.too_long && command && command->name == "quit";
}

// Reads up to the end, or up to "quit": what comes after is nobody's business, and waiting for it
// would keep the program from ending.
void ReadLines(std::istream* in, LineQueue* queue) {
  LineSplitter splitter;
  std::vector<LineSplitter::Line> lines;
  std::array<char, 4096> buffer;
  while (true) {
    // One blocking byte, then whatever is there: lines must not wait for a full buffer.
    const int first = in->get();
    if (first == std::istream::traits_type::eof()) break;
    buffer[0] = static_cast<char>(first);
    const std::streamsize more = in->readsome(buffer.data() + 1, buffer.size() - 1);
    splitter.Feed({buffer.data(), static_cast<std::size_t>(1 + more)}, &lines);
    for (LineSplitter::Line& line : lines) {
      const bool last = SaysQuit(line);
      if (!queue->Push(std::move(line)) || last) return;
    }
    lines.clear();
  }
  if (auto line = splitter.Finish()) queue->Push(std::move(*line));
}

}  // namespace

void RunGtpLoop(std::istream& in, std::ostream& out, Engine& engine) {
  // Shared, because the thread outlives this function when the engine throws.
  const auto queue = std::make_shared<LineQueue>();
  std::thread reader([queue, &in] {
    ReadLines(&in, queue.get());
    queue->End();
  });
  const Engine::Write write = [&out](std::string_view bytes) {
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.flush();
  };
  try {
    while (!engine.quit()) {
      const std::optional<LineSplitter::Line> line = queue->Pop();
      if (!line) break;
      if (line->too_long) {
        engine.RefuseLongLine(line->text, write);
      } else {
        engine.Execute(line->text, write, queue.get());
      }
    }
  } catch (...) {
    queue->Close();
    reader.detach();
    throw;
  }
  queue->Close();
  reader.join();
}

}  // namespace tesuji::gtp
