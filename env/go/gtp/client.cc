#include "env/go/gtp/client.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

extern char** environ;

namespace tesuji::gtp {
namespace {

using std::chrono::milliseconds;

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw MachineError(std::string("cannot make a pipe for an engine: ") + std::strerror(errno));
  }
  return {ends[0], ends[1]};
}

void Close(int* fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

void MakeNonBlocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

// Our environment, with Debian's directory of games at the end of PATH.
std::vector<std::string> EngineEnvironment() {
  std::vector<std::string> variables;
  bool has_path = false;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    std::string variable = *entry;
    if (variable.starts_with("PATH=")) {
      variable += ":/usr/games";
      has_path = true;
    }
    variables.push_back(std::move(variable));
  }
  if (!has_path) variables.push_back("PATH=/usr/local/bin:/usr/bin:/bin:/usr/games");
  return variables;
}

// Writing to a program that is gone raises SIGPIPE in this thread; held back here, so that nobody
// has to change the process's signal handling.
ssize_t WriteWithoutSignal(int fd, std::string_view bytes) {
  sigset_t broken_pipe;
  sigset_t before;
  sigset_t raised;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  sigpending(&raised);
  const bool was_raised = sigismember(&raised, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
  const ssize_t written = write(fd, bytes.data(), bytes.size());
  const int error = errno;
  if (written < 0 && error == EPIPE && !was_raised) {
    const timespec at_once{};
    sigtimedwait(&broken_pipe, nullptr, &at_once);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

// Waits until the child has ended, without reaping it (its number must stay ours until the group
// is killed). "" when it still runs.
std::string HowItEnded(pid_t pid, milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == pid) {
      if (info.si_code == CLD_EXITED) {
        std::string end = "it ended with exit code " + std::to_string(info.si_status);
        // The shell's way of saying what ended the program inside it.
        if (info.si_status > 128) end += ", signal " + std::to_string(info.si_status - 128);
        return end;
      }
      return "it was ended by signal " + std::to_string(info.si_status) + " (" +
             strsignal(info.si_status) + ")";
    }
    if (std::chrono::steady_clock::now() >= until) return {};
    poll(nullptr, 0, 5);
  }
}

std::string OneLine(std::string_view text, std::size_t most) {
  if (text.size() > most) text.remove_prefix(text.size() - most);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += c == '\n' ? ' ' : byte < 32 || byte == 127 ? '.' : c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

EngineProcess::EngineProcess(std::string command, const EngineProcessOptions& options)
    : command_(std::move(command)), options_(options) {
  Spawn();
}

EngineProcess::~EngineProcess() { Kill(); }

void EngineProcess::Spawn() {
  Pipe in = MakePipe();
  Pipe out = MakePipe();
  Pipe err = MakePipe();

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<std::string> variables = EngineEnvironment();
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  std::array<std::string, 3> words{"/bin/sh", "-c", command_};
  std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
  const int error =
      posix_spawn(&pid_, "/bin/sh", &actions, &attributes, arguments.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  Close(&in.read);
  Close(&out.write);
  Close(&err.write);
  stdin_ = in.write;
  stdout_ = out.read;
  stderr_ = err.read;
  if (error != 0) {
    pid_ = 0;
    Kill();
    throw MachineError(fmt::format("cannot start an engine: {}", std::strerror(error)));
  }
  MakeNonBlocking(stdin_);
  MakeNonBlocking(stdout_);
  MakeNonBlocking(stderr_);
}

Result<Response> EngineProcess::Request(std::string_view line) {
  Send(line);
  for (;;) {
    if (auto answer = Poll()) return *std::move(answer);
    EngineProcess* self = this;
    WaitAny({&self, 1}, milliseconds(1000));
  }
}

void EngineProcess::Send(std::string_view line, milliseconds timeout) {
  if (timeout.count() == 0) timeout = options_.timeout;
  pending_.push_back({.line = std::string(line), .timeout = timeout, .deadline = {}});
  outgoing_.append(line).append("\n");
  StartNextDeadline();
  if (alive()) WriteSome();
}

void EngineProcess::StartNextDeadline() {
  if (pending_.empty() || pending_.front().deadline) return;
  const milliseconds most = answered_ ? pending_.front().timeout
                                      : std::max(pending_.front().timeout, options_.start_timeout);
  last_poll_ = Clock::now();
  pending_.front().begin = last_poll_;
  pending_.front().deadline = last_poll_ + most;
}

std::optional<Result<Response>> EngineProcess::Poll() {
  if (failure_) return tl::unexpected(*failure_);
  ForgiveOwnAbsence();
  MoveBytes();
  const std::size_t begin = incoming_.find_first_not_of("\r\n");
  incoming_.erase(0, begin);
  if (begin != 0) scanned_ = 0;
  if (!incoming_.empty() && pending_.empty()) {
    return Break("it wrote \"" + OneLine(incoming_.substr(0, 60), 60) + "\" without being asked");
  }
  if (!incoming_.empty() && incoming_.front() != '=' && incoming_.front() != '?' &&
      (incoming_.find('\n') != std::string::npos || incoming_.size() > 200)) {
    return Break(ParseResponse(incoming_).error().message);
  }
  if (std::optional<std::string> bytes = TakeResponse()) {
    answered_ = true;
    answer_time_ = last_poll_ - pending_.front().begin;
    pending_.pop_front();
    unread_ = !incoming_.empty();
    StartNextDeadline();
    return ParseResponse(*bytes);
  }
  unread_ = false;
  if (incoming_.size() > options_.max_response_bytes) {
    return Break("its answer to \"" + pending_.front().line + "\" has no end (over " +
                 std::to_string(options_.max_response_bytes) + " bytes)");
  }
  if (stdout_ < 0) {
    return Break(pending_.empty() ? "it closed its output"
                                  : "it gave no answer to \"" + pending_.front().line + "\"");
  }
  if (!pending_.empty() && Clock::now() >= *pending_.front().deadline) {
    timed_out_ = true;
    return Break("no answer to \"" + pending_.front().line + "\" in time");
  }
  return std::nullopt;
}

// A deadline measures the engine, not a stopped or starved process of ours: time in which nobody
// looked does not count.
void EngineProcess::ForgiveOwnAbsence() {
  constexpr std::chrono::seconds kUsual{3};
  const Clock::time_point now = Clock::now();
  if (!pending_.empty() && pending_.front().deadline && now - last_poll_ > kUsual) {
    *pending_.front().deadline += now - last_poll_;
    pending_.front().begin += now - last_poll_;
  }
  last_poll_ = now;
}

// An answer ends at its first empty line.
std::optional<std::string> EngineProcess::TakeResponse() {
  std::size_t line_end = incoming_.find('\n', scanned_);
  for (; line_end != std::string::npos; line_end = incoming_.find('\n', line_end + 1)) {
    std::size_t next = line_end + 1;
    if (next < incoming_.size() && incoming_[next] == '\r') ++next;
    if (next >= incoming_.size()) break;
    if (incoming_[next] == '\n') {
      std::string response = incoming_.substr(0, line_end);
      incoming_.erase(0, next + 1);
      scanned_ = 0;
      return response;
    }
  }
  scanned_ = std::min(line_end, incoming_.size());
  return std::nullopt;
}

void EngineProcess::MoveBytes() {
  WriteSome();
  ReadSome(&stderr_, &stderr_tail_);
  if (stderr_tail_.size() > options_.kept_stderr_bytes) {
    stderr_tail_.erase(0, stderr_tail_.size() - options_.kept_stderr_bytes);
  }
  ReadSome(&stdout_, &incoming_);
}

void EngineProcess::WriteSome() {
  while (stdin_ >= 0 && !outgoing_.empty()) {
    const ssize_t written = WriteWithoutSignal(stdin_, outgoing_);
    if (written > 0) {
      outgoing_.erase(0, static_cast<std::size_t>(written));
    } else if (errno == EINTR) {
      continue;
    } else {
      // A closed pipe shows as the end of its output, with the answers it still gave before.
      if (errno != EAGAIN) Close(&stdin_);
      return;
    }
  }
}

// Reads what is there, at most a round number of bytes so that a flood cannot hold us; closes the
// stream at its end. True when something came.
bool EngineProcess::ReadSome(int* fd, std::string* into) {
  constexpr int kMostReads = 16;
  bool any = false;
  std::array<char, 8192> buffer;
  for (int i = 0; i < kMostReads && *fd >= 0; ++i) {
    const ssize_t got = read(*fd, buffer.data(), buffer.size());
    if (got > 0) {
      into->append(buffer.data(), static_cast<std::size_t>(got));
      any = true;
    } else if (got < 0 && errno == EINTR) {
      continue;
    } else if (got < 0 && errno == EAGAIN) {
      break;
    } else {
      Close(fd);
    }
  }
  return any;
}

void EngineProcess::WaitAny(std::span<EngineProcess* const> engines, milliseconds most) {
  std::vector<pollfd> descriptors;
  for (const EngineProcess* engine : engines) {
    if (engine != nullptr) engine->AddToPoll(&descriptors, &most);
  }
  poll(descriptors.data(), descriptors.size(), static_cast<int>(most.count()));
}

void EngineProcess::AddToPoll(std::vector<pollfd>* descriptors, milliseconds* patience) const {
  // Something is to be had without waiting: bad news, or an answer behind one already taken.
  if (failure_ || stdout_ < 0 || unread_) {
    *patience = milliseconds(0);
    return;
  }
  descriptors->push_back({stdout_, POLLIN, 0});
  if (stderr_ >= 0) descriptors->push_back({stderr_, POLLIN, 0});
  if (stdin_ >= 0 && !outgoing_.empty()) descriptors->push_back({stdin_, POLLOUT, 0});
  if (!pending_.empty() && pending_.front().deadline) {
    const auto left = std::chrono::duration_cast<milliseconds>(*pending_.front().deadline -
                                                               Clock::now() + milliseconds(1));
    *patience = std::clamp(left, milliseconds(0), *patience);
  }
}

tl::unexpected<Failure> EngineProcess::Break(const std::string& what) {
  // A moment for a dying program to be seen dead and for its last words.
  const bool closed = stdout_ < 0;
  const std::string end = closed ? HowItEnded(pid_, milliseconds(500)) : std::string();
  ReadSome(&stderr_, &stderr_tail_);
  std::string message = "engine \"" + OneLine(command_, 200) + "\": " + what;
  if (!end.empty()) message += "; " + end;
  if (!stderr_tail_.empty()) {
    message += "; its stderr ends: \"" + OneLine(stderr_tail_, 300) + "\"";
  }
  failure_ = Failure{std::move(message)};
  Kill();
  return tl::unexpected(*failure_);
}

void EngineProcess::Quit() {
  if (alive()) {
    Send("quit", options_.quit_timeout);
    const auto until = Clock::now() + options_.quit_timeout;
    while (!failure_ && stdout_ >= 0 && Clock::now() < until) {
      MoveBytes();
      EngineProcess* self = this;
      WaitAny({&self, 1}, milliseconds(50));
    }
    if (stdout_ < 0) HowItEnded(pid_, options_.quit_timeout);
  }
  Kill();
}

void EngineProcess::Kill() {
  if (pid_ > 0) {
    // First the group, then the reaping: until then the number cannot belong to anybody else.
    killpg(pid_, SIGKILL);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
  }
  Close(&stdin_);
  Close(&stdout_);
  Close(&stderr_);
  if (!failure_) failure_ = Failure{"engine \"" + OneLine(command_, 200) + "\" was stopped"};
}

}  // namespace tesuji::gtp
