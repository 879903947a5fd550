#include "api/crash_notice.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace tesuji::env {
namespace {

constexpr std::array<int, 5> kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr std::size_t kShownInNotice = 40;

// A signal handler has no argument of ours, so what it reads must have static storage.
thread_local const CallInProgress* current_call = nullptr;
std::atomic<bool> notice_installed{false};
std::atomic<int> notice_exit_code{1};
std::array<struct sigaction, kSignals.size()> previous_actions;

/// Says that the call in progress ends the program, if there is one.
void OnExit();

/// A stack for the handler, so that endless recursion can be told as well. One a thread. exit()
/// destroys it before anything that threads share, so here is where an exit() is told: any later
/// and other threads crash on what is gone.
class HandlerStack {
 public:
  void Prepare() {
    if (prepared_) return;
    prepared_ = true;
    stack_t now{};
    if (sigaltstack(nullptr, &now) != 0 || (now.ss_flags & SS_DISABLE) == 0) return;
    memory_ = std::make_unique<char[]>(kBytes);
    stack_t ours{};
    ours.ss_sp = memory_.get();
    ours.ss_size = kBytes;
    if (sigaltstack(&ours, nullptr) != 0) memory_.reset();
  }
  ~HandlerStack() {
    OnExit();
    if (memory_ == nullptr) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }

 private:
  static constexpr std::size_t kBytes = 64UL << 10;
  bool prepared_ = false;
  std::unique_ptr<char[]> memory_;
};
thread_local HandlerStack handler_stack;

/// A line put together without memory allocation: all that a signal handler may do.
class NoticeLine {
 public:
  NoticeLine& Add(std::string_view text) {
    const std::size_t room = std::min(text.size(), buffer_.size() - 1 - length_);
    std::memcpy(buffer_.data() + length_, text.data(), room);
    length_ += room;
    return *this;
  }
  NoticeLine& Add(std::uint64_t number) {
    std::array<char, 20> digits{};
    std::size_t at = digits.size();
    do {
      digits[--at] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number > 0);
    return Add({digits.data() + at, digits.size() - at});
  }
  void Write() {
    buffer_[length_++] = '\n';
    for (std::size_t at = 0; at < length_;) {
      const ssize_t wrote = write(STDERR_FILENO, buffer_.data() + at, length_ - at);
      if (wrote <= 0) return;
      at += static_cast<std::size_t>(wrote);
    }
  }

 private:
  std::array<char, 2048> buffer_;
  std::size_t length_ = 0;
};

void AddState(const CallInProgress& call, NoticeLine* line) {
  if (call.origin == nullptr) return;
  line->Add(" (").Add(std::string_view(call.origin));
  if (call.action_count == 0) {
    line->Add(", before any action");
  } else {
    line->Add(", after ").Add(call.action_count);
    line->Add(call.action_count == 1 ? " action:" : " actions:");
    std::size_t first = 0;
    if (call.action_count > kShownInNotice) {
      first = call.action_count - kShownInNotice;
      line->Add(" …");
    }
    for (std::size_t i = first; i < call.action_count; ++i) {
      line->Add(" ").Add(static_cast<std::uint64_t>(call.actions[i]));
    }
  }
  if (call.action >= 0) line->Add("; action ").Add(static_cast<std::uint64_t>(call.action));
  line->Add(")");
}

[[noreturn]] void SayAndEnd(const CallInProgress& call, std::string_view what) {
  // One thread speaks; the others wait for the end of the process. What it reads may be what
  // crashed.
  static std::atomic<const CallInProgress*> told{nullptr};
  const CallInProgress* first = nullptr;
  if (!told.compare_exchange_strong(first, &call)) {
    if (first == &call) _exit(notice_exit_code);
    for (;;) pause();
  }
  NoticeLine line;
  line.Add("\ntesuji: environment ").Add(std::string_view(call.environment));
  line.Add(" is at fault: ").Add(std::string_view(call.method)).Add(" ").Add(what);
  AddState(call, &line);
  line.Write();
  _exit(notice_exit_code);
}

std::string_view SignalText(int signal_number) {
  switch (signal_number) {
    case SIGSEGV:
      return "crashes (Segmentation fault)";
    case SIGBUS:
      return "crashes (Bus error)";
    case SIGFPE:
      return "crashes (Floating point exception)";
    case SIGILL:
      return "crashes (Illegal instruction)";
    default:
      return "crashes (Aborted)";
  }
}

void OnCrash(int signal_number) {
  if (current_call != nullptr) SayAndEnd(*current_call, SignalText(signal_number));
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == signal_number) sigaction(signal_number, &previous_actions[i], nullptr);
  }
  raise(signal_number);
}

void OnExit() {
  if (notice_installed && current_call != nullptr) SayAndEnd(*current_call, "ends the program");
}

}  // namespace

CrashFrame::CrashFrame(const CallInProgress& call) : call_(call), outer_(current_call) {
  if (notice_installed.load(std::memory_order_relaxed)) handler_stack.Prepare();
  current_call = &call_;
}

CrashFrame::~CrashFrame() { current_call = outer_; }

void InstallCrashNotice(int exit_code) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  if (notice_installed.exchange(true)) return;
  notice_exit_code = exit_code;
  struct sigaction action {};
  action.sa_handler = OnCrash;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], &action, &previous_actions[i]);
  }
#else
  static_cast<void>(exit_code);
  static_cast<void>(OnCrash);
#endif
}

void RemoveCrashNotice() {
  if (!notice_installed.exchange(false)) return;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], &previous_actions[i], nullptr);
  }
}

}  // namespace tesuji::env
