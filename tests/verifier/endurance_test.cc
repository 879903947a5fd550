// The pool for a long time and under faults: nothing grows, and no fault of the machine becomes a
// verdict. TESUJI_LOAD_JUDGEMENTS=20000 and TESUJI_FAULT_JUDGEMENTS=500 make them long.
#include <signal.h>
#include <sys/mount.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "tests/verifier/judging_test.h"
#include "verifier/judge/lanes.h"
#include "verifier/judge/sandbox_judge.h"

namespace tesuji::verifier {
namespace {

namespace fs = std::filesystem;

int Setting(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::max(1, std::atoi(value));
}

std::int64_t ResidentKib() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * 4;
}

int CountDescriptors() {
  return static_cast<int>(
      std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

std::string Sum(int variant, bool right) {
  return "#include <stdio.h>\nint main(void) { int a, b; scanf(\"%d%d\", &a, &b); /* " +
         std::to_string(variant) + " */ printf(\"%d\\n\", a + b" + (right ? "" : " + 1") +
         "); return 0; }\n";
}

class EnduranceTest : public JudgingTest {
 protected:
  void SetUp() override {
    JudgingTest::SetUp();
    if (sandbox_ == nullptr) return;
    Write("p/1.in", "1 2\n");
    Write("p/1.ans", "3\n");
  }
};

TEST_F(EnduranceTest, MemoryDescriptorsAndLatencyStayFlat) {
  const int wanted = Setting("TESUJI_LOAD_JUDGEMENTS", 400);
  SandboxJudgeOptions options;
  options.language = "c";
  options.workers = 2;
  options.capacity = 16;
  options.compiler.cache_folder = root_ / "cache";
  auto opened = SandboxJudge::Open(*LoadProblem(root_ / "p"), LanguageTable::BuiltIn(), options);
  ASSERT_TRUE(opened) << opened.error().message;
  SandboxJudge& judge = **opened;
  struct Sample {
    std::int64_t memory;
    int descriptors;
    double milliseconds;
  };
  std::vector<Sample> samples;
  int back = 0;
  std::uint64_t next = 0;
  std::vector<pid_t> containers;
  auto last = std::chrono::steady_clock::now();
  const int slice = std::max(1, wanted / 10);
  while (back < wanted) {
    while (next < static_cast<std::uint64_t>(wanted) &&
           judge.SubmitSource(next, Sum(static_cast<int>(next % 16), next % 2 == 0))) {
      ++next;
    }
    for (const auto& judgement : judge.Collect(std::chrono::seconds(10))) {
      ASSERT_EQ(judgement.verdict,
                judgement.ticket % 2 == 0 ? env::Verdict::kAccepted : env::Verdict::kWrongAnswer)
          << judgement.evidence.dump();
      if (++back % slice != 0) continue;
      if (samples.size() == 2) containers = judge.container_pids();
      const auto now = std::chrono::steady_clock::now();
      samples.push_back({ResidentKib(), CountDescriptors(),
                         std::chrono::duration<double, std::milli>(now - last).count() / slice});
      last = now;
      std::cerr << back << " judged: " << samples.back().memory << " KiB, "
                << samples.back().descriptors << " descriptors, " << samples.back().milliseconds
                << " ms each\n";
    }
  }
  // The first slices compile and start containers.
  ASSERT_GE(samples.size(), 4U);
  EXPECT_LE(samples.back().memory, samples[2].memory + 4096);
  // Runs that are going on at the moment of counting hold a few.
  EXPECT_LE(samples.back().descriptors, samples[2].descriptors + 20);
  std::vector<double> early, late;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    (i <= samples.size() / 2 ? early : late).push_back(samples[i].milliseconds);
  }
  std::sort(early.begin(), early.end());
  std::sort(late.begin(), late.end());
  EXPECT_LE(late[late.size() / 2], 2 * early[early.size() / 2]);
  EXPECT_EQ(judge.container_pids(), containers) << "a container was replaced";
}

/// A compiler that can be taken away: a folder of our own with a script, seen by tool containers.
constexpr char kLanguage[] =
    "[borrowed]\nextensions = [\".c\"]\ncompile = [\"/usr/bin/sh\", \"/tools/cc\", "
    "\"{files}\", \"-o\", \"{binary}\"]\nrun = [\"{binary}\"]\nversion = [\"/usr/bin/gcc\", "
    "\"--version\"]\n"
    "canary = \"int main(void) { return 0; }\"\n";

TEST_F(EnduranceTest, NoFaultOfTheMachineBecomesAVerdict) {
  const int wanted = Setting("TESUJI_FAULT_JUDGEMENTS", 60);
  Write("tools/cc", "#!/bin/sh\nexec /usr/bin/gcc \"$@\"\n");
  fs::permissions(root_ / "tools/cc", fs::perms(0755));
  fs::create_directories(root_ / "cache");
  const bool small_disk = mount("tmpfs", (root_ / "cache").c_str(), "tmpfs", 0, "size=256k") == 0;
  auto languages = LanguageTable::BuiltIn();
  ASSERT_TRUE(languages.Extend(kLanguage, "test"));
  CompilerOptions compiler_options;
  compiler_options.cache_folder = root_ / "cache";
  compiler_options.precompiled_headers = false;
  Compiler compiler(std::move(languages), compiler_options);
  const auto problem = LoadProblem(root_ / "p");
  ASSERT_TRUE(problem);
  JudgeOptions judge_options;
  judge_options.time_limit_seconds = 5;
  SubmissionJudge judge(compiler, *problem, judge_options);
  std::map<std::string, int> counts;
  int first_failures = 0;
  {
    Lanes lanes(sandbox_, 2, {{(root_ / "tools").string(), "/tools"}});
    std::mutex mutex;
    std::condition_variable changed;
    int left = wanted;
    for (int i = 0; i < wanted; ++i) {
      lanes.Post([&, i](Workplace& place) {
        const bool right = i % 2 == 0;
        // An infrastructure failure is tried again, as every user of the judge does.
        std::string verdict = "IE";
        int tries = 0;
        for (; verdict == "IE" && tries < 50; ++tries) {
          try {
            const auto report = judge.Judge(place, {"s", "borrowed", {{"main.c", Sum(i, right)}}});
            verdict = report ? std::string(env::VerdictName(report->verdict)) : "none";
          } catch (const MachineError&) {
            verdict = "IE";
          }
          if (verdict == "IE") std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        const std::lock_guard<std::mutex> lock(mutex);
        first_failures += tries > 1 ? 1 : 0;
        EXPECT_EQ(verdict, right ? "AC" : "WA") << "submission " << i;
        ++counts[verdict];
        if (--left == 0) changed.notify_all();
      });
    }
    std::unique_lock<std::mutex> lock(mutex);
    for (int fault = 0; left > 0; ++fault) {
      changed.wait_for(lock, std::chrono::milliseconds(150));
      lock.unlock();
      const auto pids = lanes.container_pids();
      if (fault % 3 == 0 && !pids.empty()) {
        kill(pids[static_cast<std::size_t>(fault / 3) % pids.size()], SIGKILL);
      } else if (fault % 3 == 1) {
        fs::rename(root_ / "tools/cc", root_ / "tools/gone");
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        fs::rename(root_ / "tools/gone", root_ / "tools/cc");
      } else {
        std::ofstream(root_ / "cache/ballast") << std::string(1 << 20, 'x');
      }
      lock.lock();
    }
    std::cerr << wanted << " judged: AC " << counts["AC"] << ", WA " << counts["WA"]
              << "; ended IE first and were retried " << first_failures << "; containers replaced "
              << lanes.restarts() << "; disk " << (small_disk ? "full" : "not filled (needs root)")
              << "\n";
    EXPECT_GT(lanes.restarts(), 0);
  }
  if (small_disk) umount2((root_ / "cache").c_str(), MNT_DETACH);
  EXPECT_EQ(counts["AC"] + counts["WA"], wanted);
}

}  // namespace
}  // namespace tesuji::verifier
