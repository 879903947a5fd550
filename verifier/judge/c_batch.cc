#include "verifier/judge/c_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstring>

namespace tesuji::verifier {

using env::Verdict;

namespace {

constexpr int kMaxOutputs = 1024;

// The driver: reads examples, forks a child a candidate, lets it answer into a pipe, and writes
// per candidate {status, count, answers…} as 64-bit numbers. Comes after the candidates, so that
// their macros have been cleared; its names are its own.
constexpr char kDriver[] = R"c(
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
static long long tesuji_word(void) {
  long long v = 0;
  char *p = (char *)&v;
  for (size_t n = 0; n < sizeof v;) {
    ssize_t got = read(0, p + n, sizeof v - n);
    if (got <= 0) _exit(90);
    n += (size_t)got;
  }
  return v;
}
static void tesuji_put(const void *data, size_t n) {
  for (const char *p = data; n > 0;) {
    ssize_t put = write(1, p, n);
    if (put <= 0) _exit(91);
    p += put;
    n -= (size_t)put;
  }
}
static void tesuji_lock(void) {
  /* Only exit_group remains: answers go through memory shared with the parent. */
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
  struct sock_fprog program = {4, code};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) _exit(92);
}
int main(void) {
  const long long tests = tesuji_word();
  const long long milliseconds = tesuji_word();
  const long long total = tesuji_word();
  long long *data = malloc((size_t)(total + 1) * sizeof *data);
  for (long long i = 0; i < total; ++i) data[i] = tesuji_word();
  const size_t bytes = (size_t)(tests * (TESUJI_MAX + 2) + 1) * sizeof(long long);
  long long *shared = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 93;
  for (int c = 0; c < TESUJI_COUNT; ++c) {
    shared[0] = 0;
    const pid_t pid = fork();
    if (pid < 0) return 94;
    if (pid == 0) {
      struct itimerval limit = {{0, 0}, {milliseconds / 1000, milliseconds % 1000 * 1000}};
      setitimer(ITIMER_VIRTUAL, &limit, 0);
      tesuji_lock();
      long long *out = shared + 1;
      const long long *in = data;
      for (long long t = 0; t < tests; ++t) {
        const int n = (int)*in++;
        static long long copy[65536];
        memcpy(copy, in, (size_t)n * sizeof *copy);
        in += n;
        const int made = tesuji_table[c](copy, n, out + 1);
        if (made < 0 || made > TESUJI_MAX) break;
        *out = made;
        out += made + 1;
        shared[0] = t + 1;
      }
      syscall(SYS_exit_group, 0);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    long long answered = shared[0] < 0 || shared[0] > tests ? 0 : shared[0];
    long long used = 1;
    for (long long t = 0; t < answered; ++t) {
      const long long made = shared[used];
      if (made < 0 || made > TESUJI_MAX) {
        answered = t;
        break;
      }
      used += made + 1;
    }
    const long long head[3] = {status, answered, used - 1};
    tesuji_put(head, sizeof head);
    tesuji_put(shared + 1, (size_t)(used - 1) * sizeof(long long));
  }
  return 0;
}
)c";

std::string MakeUnit(const std::vector<std::string>& candidates, std::size_t begin,
                     std::size_t end) {
  std::string unit;
  for (std::size_t i = begin; i < end; ++i) {
    // #line lets a message name its candidate.
    unit += fmt::format(
        "#define solve tesuji_candidate_{0}\n#line 1 \"candidate_{0}\"\n{1}\n"
        "#undef solve\n",
        i - begin, candidates[i]);
  }
  unit += fmt::format("#line 1 \"driver\"\n#define TESUJI_COUNT {}\n#define TESUJI_MAX {}\n",
                      end - begin, kMaxOutputs);
  unit += "static int (*const tesuji_table[])(const long long *, int, long long *) = {";
  for (std::size_t i = begin; i < end; ++i) unit += fmt::format("tesuji_candidate_{},", i - begin);
  return unit + "};\n" + kDriver;
}

std::string MakeInput(const std::vector<FunctionExample>& examples, int milliseconds) {
  std::vector<long long> words = {static_cast<long long>(examples.size()), milliseconds, 0};
  for (const FunctionExample& example : examples) {
    words.push_back(static_cast<long long>(example.input.size()));
    words.insert(words.end(), example.input.begin(), example.input.end());
  }
  words[2] = static_cast<long long>(words.size()) - 3;
  return {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(long long)};
}

/// Reads the driver's output; false when it is cut short.
bool ReadAnswers(const std::string& output, const std::vector<FunctionExample>& examples,
                 std::vector<CVerdict>* verdicts, std::size_t begin, std::size_t end) {
  std::vector<long long> words(output.size() / sizeof(long long));
  std::memcpy(words.data(), output.data(), words.size() * sizeof(long long));
  std::size_t at = 0;
  for (std::size_t i = begin; i < end; ++i) {
    if (words.size() - at < 3) return false;
    const long long status = words[at];
    const long long answered = words[at + 1];
    const long long used = words[at + 2];
    at += 3;
    if (used < 0 || static_cast<std::size_t>(used) > words.size() - at) return false;
    CVerdict& verdict = (*verdicts)[i];
    std::size_t read = at;
    at += static_cast<std::size_t>(used);
    bool right = true;
    for (long long t = 0; t < answered && right; ++t) {
      const auto count = static_cast<std::size_t>(words[read]);
      const auto& wanted = examples[static_cast<std::size_t>(t)].output;
      right = count == wanted.size() &&
              std::equal(wanted.begin(), wanted.end(), words.begin() + static_cast<long>(read) + 1);
      if (right) ++verdict.passed;
      read += count + 1;
    }
    const int signal = static_cast<int>(status & 0x7f);
    if (!right) {
      verdict.verdict = Verdict::kWrongAnswer;
    } else if (answered == static_cast<long long>(examples.size())) {
      verdict.verdict = Verdict::kAccepted;
    } else {
      verdict.verdict =
          signal == SIGVTALRM || signal == SIGXCPU ? Verdict::kTimeLimit : Verdict::kRuntimeError;
    }
  }
  return true;
}

class Batch {
 public:
  Batch(Compiler& compiler, Workplace& workplace, const std::vector<std::string>& candidates,
        const std::vector<FunctionExample>& examples, const CBatchOptions& options)
      : compiler_(compiler),
        workplace_(workplace),
        candidates_(candidates),
        examples_(examples),
        options_(options),
        verdicts_(candidates.size()) {}

  void Judge(std::size_t begin, std::size_t end) {
    if (begin == end) return;
    const Language* language = compiler_.languages().Find("c");
    if (language == nullptr) return;
    const CompileOutcome outcome = compiler_.Compile(
        workplace_, *language, {{"unit.c", MakeUnit(candidates_, begin, end)}},
        {.extra = {fmt::format("-O{}", options_.optimisation), "-w", "-fno-builtin"}});
    if (outcome.state == CompileOutcome::State::kBroken) return;
    if (outcome.state == CompileOutcome::State::kRejected) {
      if (end - begin == 1) {
        verdicts_[begin].verdict = Verdict::kCompileError;
        return;
      }
      const std::size_t middle = begin + (end - begin) / 2;
      Judge(begin, middle);
      Judge(middle, end);
      return;
    }
    Run(*outcome.program, begin, end);
  }

  std::vector<CVerdict> Take() { return std::move(verdicts_); }

 private:
  void Run(const Program& program, std::size_t begin, std::size_t end) {
    const UniqueFd input =
        MakeMemoryFile(MakeInput(examples_, options_.candidate_milliseconds), "examples");
    RunSpec spec;
    spec.stdin_fd = input.get();
    spec.limits.cpu = std::chrono::milliseconds(1000 + static_cast<std::int64_t>(end - begin) *
                                                           options_.candidate_milliseconds);
    spec.limits.output_bytes = 256LL << 20;
    program.AddTo(&spec);
    const RunResult result = workplace_.Run(ContainerKind::kTool, spec);
    if (!result.broken.empty()) return;
    if (result.ExitedWith(0) &&
        ReadAnswers(result.standard_output, examples_, &verdicts_, begin, end)) {
      return;
    }
    // Something took the driver down. Alone it is that candidate's own doing.
    if (end - begin == 1) {
      verdicts_[begin].verdict = Verdict::kRuntimeError;
      return;
    }
    for (std::size_t i = begin; i < end; ++i) verdicts_[i] = {};
    const std::size_t middle = begin + (end - begin) / 2;
    Judge(begin, middle);
    Judge(middle, end);
  }

  Compiler& compiler_;
  Workplace& workplace_;
  const std::vector<std::string>& candidates_;
  const std::vector<FunctionExample>& examples_;
  const CBatchOptions& options_;
  std::vector<CVerdict> verdicts_;
};

}  // namespace

std::vector<CVerdict> JudgeFunctions(Compiler& compiler, Workplace& workplace,
                                     const std::vector<std::string>& candidates,
                                     const std::vector<FunctionExample>& examples,
                                     const CBatchOptions& options) {
  Batch batch(compiler, workplace, candidates, examples, options);
  for (std::size_t at = 0; at < candidates.size(); at += options.per_unit) {
    batch.Judge(at, std::min(at + options.per_unit, candidates.size()));
  }
  return batch.Take();
}

}  // namespace tesuji::verifier
