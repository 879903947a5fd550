// tesuji-sandbox-agent CONTROL_FD FILTER_FD (box|open:BOX) COUNTER_FD: serves requests until the
// judge hangs up. "open" is for machines without namespaces and only on explicit demand. COUNTER_FD
// tells the CPU time of the control group; -1: there is none.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "verifier/sandbox/agent.h"
#include "verifier/sandbox/agent_use.h"

namespace tesuji::verifier::agent {
namespace {

/// Any interpreter has started by then.
constexpr int kStartMilliseconds = 1000;

/// One packet with its descriptors; false when the judge hung up.
bool Receive(int control, std::vector<char>* packet, std::vector<int>* fds) {
  static char largest[wire::kMaxPacket];  // Few packets are: only what came is copied.
  alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int) * wire::kMaxDescriptors)];
  struct iovec data = {largest, sizeof largest};
  struct msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = room;
  message.msg_controllen = sizeof room;
  ssize_t got = 0;
  while ((got = recvmsg(control, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  if (got <= 0) return false;
  packet->assign(largest, largest + got);
  for (struct cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    fds->resize(count);
    memcpy(fds->data(), CMSG_DATA(c), count * sizeof(int));
  }
  return true;
}

/// Waits for a packet or the judge's end.
bool HasPacket(int control, int milliseconds) {
  struct pollfd polled = {control, POLLIN, 0};
  return poll(&polled, 1, milliseconds) != 0;
}

void Send(int control, const wire::Reply& reply, const std::vector<int>& fds) {
  alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int) * wire::kMaxFetch)] = {};
  struct iovec data = {const_cast<wire::Reply*>(&reply), sizeof reply};
  struct msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = room;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
    struct cmsghdr* c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
    memcpy(CMSG_DATA(c), fds.data(), sizeof(int) * fds.size());
  }
  ssize_t sent = 0;
  while ((sent = sendmsg(control, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
  }
  if (sent < 0) _exit(73);
}

bool Parse(std::vector<char>* packet, const std::vector<int>& fds, Job* job) {
  if (packet->size() < sizeof(wire::Request) || packet->back() != 0) return false;
  memcpy(&job->request, packet->data(), sizeof job->request);
  const wire::Request& r = job->request;
  if (r.magic != wire::kMagic || r.fetch_count > wire::kMaxFetch) return false;
  char* at = packet->data() + sizeof(wire::Request);
  char* const end = packet->data() + packet->size();
  const auto next = [&]() -> char* {
    if (at >= end) return nullptr;
    char* text = at;
    at += strlen(at) + 1;
    return text;
  };
  std::size_t fd = 0;
  const auto take = [&] { return fd < fds.size() ? fds[fd++] : -1; };
  for (std::uint32_t i = 0; i < r.argc; ++i) job->argv.push_back(next());
  job->argv.push_back(nullptr);
  for (std::uint32_t i = 0; i < r.envc; ++i) job->envp.push_back(next());
  job->envp.push_back(nullptr);
  if ((r.flags & wire::kExecDescriptor) != 0) job->program = take();
  for (std::uint32_t i = 0; i < r.standard_fds; ++i) job->standard.push_back(take());
  for (std::uint32_t i = 0; i < r.file_count; ++i) {
    const char* name = next();
    if (name == nullptr) return false;
    const bool folder = name[0] != 0 && name[strlen(name) - 1] == '/';
    const bool later = name[0] == wire::kGate && (r.flags & wire::kStartAhead) != 0;
    job->files.push_back({name[0], name + 1, folder || later ? -1 : take()});
  }
  for (std::uint32_t i = 0; i < r.fetch_count; ++i) job->fetch.push_back(next());
  return r.argc > 0 && job->argv[0] != nullptr && fd == fds.size();
}

void CloseJob(Job* job) {
  CloseStandard(job);
  if (job->program >= 0) close(job->program);
  for (const auto& file : job->files) {
    if (file.fd >= 0) close(file.fd);
  }
}

/// One ordinary run, from its box to the files it left.
void RunJob(const Agent& agent, Job& job, wire::Reply* reply, std::vector<int>* out) {
  const int step = MakeBox(agent, &job);
  if (step != wire::kStepNone) {
    reply->setup_step = step;
    reply->setup_errno = errno;
  } else {
    Program program = StartProgram(agent, job, reply);
    if (program.pid >= 0) FinishProgram(agent, job, program, reply);
    if (reply->setup_errno == 0) FetchFiles(agent, job, reply, out);
  }
  DropBox(agent, job);
}

/// The run of a program that was started ahead.
void ContinueJob(const Agent& agent, Ahead* ahead, Job& job, wire::Reply* reply,
                 std::vector<int>* out) {
  if (ahead == nullptr || !ContinueAhead(agent, *ahead, job, reply)) {
    *reply = {};
    reply->setup_step = wire::kStepStartedAhead;
    reply->setup_errno = ESRCH;
    if (ahead != nullptr) DropAhead(agent, *ahead);
    return;
  }
  FinishProgram(agent, job, ahead->program, reply);
  FetchFiles(agent, job, reply, out);
  DropBox(agent, ahead->job);
}

void Serve(const Agent& agent) {
  std::vector<char> packet;
  std::unique_ptr<Ahead> ahead;
  for (;;) {
    std::vector<int> fds;
    if (ahead != nullptr && !HasPacket(agent.control, kStartMilliseconds)) SuspendAhead(*ahead);
    if (!Receive(agent.control, &packet, &fds)) return;
    if (packet.size() == 1) {  // A kill that crossed the end of its run.
      continue;
    }
    Job job;
    wire::Reply reply;
    std::vector<int> out;
    const bool parsed = Parse(&packet, fds, &job);
    const bool continues = parsed && (job.request.flags & wire::kContinue) != 0;
    if (ahead != nullptr && !continues) DropAhead(agent, *std::exchange(ahead, nullptr));
    if (!parsed) {
      reply.setup_step = wire::kStepProtocol;
      reply.setup_errno = EPROTO;
      for (const int fd : fds) close(fd);
    } else if ((job.request.flags & wire::kStartAhead) != 0) {
      ahead = StartAhead(agent, std::move(job), std::move(packet));
      continue;
    } else {
      if (continues) {
        ContinueJob(agent, ahead.get(), job, &reply, &out);
        ahead = nullptr;
      } else {
        RunJob(agent, job, &reply, &out);
      }
      CloseJob(&job);
    }
    Send(agent.control, reply, out);
    for (const int fd : out) close(fd);
  }
}

std::vector<char> ReadAll(int fd) {
  std::vector<char> bytes;
  char buffer[4096];
  for (off_t at = 0;;) {
    const ssize_t got = pread(fd, buffer, sizeof buffer, at);
    if (got <= 0) break;
    bytes.insert(bytes.end(), buffer, buffer + got);
    at += got;
  }
  return bytes;
}

}  // namespace
}  // namespace tesuji::verifier::agent

int main(int argc, char** argv) {
  using namespace tesuji::verifier;
  if (argc != 5) return 64;
  agent::Agent self;
  self.control = atoi(argv[1]);
  const int filter = atoi(argv[2]);
  if (filter >= 0) {
    self.filter = agent::ReadAll(filter);
    close(filter);
  }
  self.isolated = strncmp(argv[3], "open:", 5) != 0;
  if (!self.isolated) self.box = argv[3] + 5;
  if (self.isolated && getpid() != 1) return 65;  // Then killing "all" would mean others.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);             // No ptrace, no /proc/1/mem.
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  fcntl(self.control, F_SETFD, FD_CLOEXEC);
  self.counter = atoi(argv[4]);
  if (self.counter >= 0) fcntl(self.counter, F_SETFD, FD_CLOEXEC);
  if (!agent::HideProc(&self)) return 66;
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, nullptr);
  signal(SIGPIPE, SIG_IGN);
  self.signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
  if (self.signals < 0) return 67;
  void* shared = mmap(nullptr, sizeof(agent::Departure), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 69;
  self.departure = static_cast<agent::Departure*>(shared);
  const char ready = 'r';
  if (send(self.control, &ready, 1, MSG_NOSIGNAL) != 1) return 68;
  agent::Serve(self);
  return 0;
}
