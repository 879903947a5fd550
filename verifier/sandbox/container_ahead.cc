// The judge's side of programs that are started ahead of their run (agent_ahead.cc).
//
// Such a program has its standard descriptors from its start. Its input is a file of its own, empty
// until the run comes, and then filled and sealed as every input is.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <cerrno>

#include "verifier/sandbox/container.h"
#include "verifier/sandbox/wire.h"

namespace tesuji::verifier {
namespace {

/// Copying more takes longer than is won.
constexpr std::int64_t kMostInput = 4 << 20;

/// -1: not known, or no file.
std::int64_t InputBytes(int fd) {
  struct stat info = {};
  if (fd < 0) return 0;
  return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : -1;
}

bool Fill(int to, int from) {
  off_t at = from < 0 ? 0 : lseek(from, 0, SEEK_CUR);
  while (from >= 0) {
    const ssize_t sent = sendfile(to, from, &at, static_cast<std::size_t>(kMostInput));
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    if (sent == 0) break;
  }
  return fcntl(to, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

}  // namespace

bool Container::Ahead::Fits(const RunSpec& spec) const {
  const std::int64_t bytes = InputBytes(spec.stdin_fd);
  return CanStartAhead(spec) && spec.gate == gate && spec.argv == argv &&
         spec.environment == environment && StackBytes(spec.limits) == stack_bytes && bytes >= 0 &&
         bytes <= kMostInput;
}

void Container::StartAhead(const RunSpec& spec) {
  auto ahead = std::make_unique<Ahead>();
  ahead->argv = spec.argv;
  ahead->environment = spec.environment;
  ahead->gate = spec.gate;
  ahead->stack_bytes = StackBytes(spec.limits);
  PipeEnds out = MakePipe();
  PipeEnds err = MakePipe();
  ahead->out = std::move(out.read);
  ahead->err = std::move(err.read);
  for (const UniqueFd* end : {&ahead->out, &ahead->err}) fcntl(end->get(), F_SETFL, O_NONBLOCK);
  ahead->input = UniqueFd(memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!ahead->input.valid() || fchmod(ahead->input.get(), 0555) != 0) return;
  const UniqueFd input = ReopenReadOnly(ahead->input.get());
  if (SendRequest(spec, wire::kStartAhead, {input.get(), out.write.get(), err.write.get()})) {
    ahead_ = std::move(ahead);
  }
}

Container::Outcome Container::Continue(const RunSpec& spec, Ahead& ahead, RunResult* result) {
  if (!Fill(ahead.input.get(), spec.stdin_fd)) return Outcome::kNothingRan;
  ahead.input.Reset();
  // An agent that does not listen is noticed by the ordinary run that follows.
  if (!SendRequest(spec, wire::kContinue, {})) return Outcome::kNothingRan;
  if (spec.handed_over != nullptr) spec.handed_over->Reset();
  return Converse(spec, std::move(ahead.out), std::move(ahead.err), result);
}

}  // namespace tesuji::verifier
