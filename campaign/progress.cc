#include "campaign/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace tesuji::campaign {

ProgressLine::ProgressLine(std::chrono::seconds log_period)
    : terminal_(::isatty(STDERR_FILENO) == 1), log_period_(log_period) {}

ProgressLine::~ProgressLine() { Clear(); }

void ProgressLine::Clear() {
  if (dirty_) std::fputs("\r\x1b[K", stderr);
  dirty_ = false;
}

void ProgressLine::Show(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (terminal_) {
    winsize size{};
    std::size_t width = 100;
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1) width = size.ws_col - 1U;
    std::fprintf(stderr, "\r%s\x1b[K", text.substr(0, width).c_str());
    std::fflush(stderr);
    dirty_ = true;
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (last_log_.time_since_epoch().count() != 0 && now - last_log_ < log_period_) return;
  last_log_ = now;
  std::fprintf(stderr, "%s\n", text.c_str());
}

void ProgressLine::Announce(const std::string& text) {
  const std::lock_guard lock(mutex_);
  Clear();
  std::fprintf(stderr, "%s\n", text.c_str());
}

}  // namespace tesuji::campaign
