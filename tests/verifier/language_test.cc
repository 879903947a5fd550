// Every language of the table that is installed here: a sum, a lack of memory, a stack that is too
// deep, an error of syntax and a crash get their verdicts. Those that are not installed are named.
#include <gmock/gmock.h>
#include <time.h>

#include <map>
#include <thread>

#include "tests/verifier/judging_test.h"
#include "verifier/compile/language_check.h"

namespace tesuji::verifier {
namespace {

struct Sources {
  std::string file;
  std::string sum;     ///< Reads two numbers, writes their sum: AC.
  std::string memory;  ///< Takes memory without end: MLE.
  std::string stack;   ///< Calls itself without end: RTE; empty where that takes memory instead.
};

const std::map<std::string, Sources>& Programs() {
  static const std::map<std::string, Sources> programs = {
      {"java",
       {"sum.java",
        "import java.util.*;\npublic class Sum { public static void main(String[] a) {\n"
        "Scanner s = new Scanner(System.in); System.out.println(s.nextInt() + s.nextInt()); } }\n",
        "import java.util.*;\nclass M { public static void main(String[] a) { List<byte[]> l = new "
        "ArrayList<>(); for (;;) l.add(new byte[1 << 20]); } }\n",
        "class M { static int f(int n) { return f(n + 1) + 1; } public static void main(String[] "
        "a) { System.out.println(f(0)); } }\n"}},
      {"kotlin",
       {"sum.kt", "fun main() { println(readLine()!!.split(\" \").map { it.toInt() }.sum()) }\n",
        "fun main() { val l = ArrayList<ByteArray>(); while (true) l.add(ByteArray(1 shl 20)) }\n",
        ""}},
      {"kotlin_script",
       {"sum.kts",
        "fun sum(s: String) = s.split(\" \").map { it.toInt() }.sum()\n"
        "println(sum(readLine()!!))\n",
        "val l = ArrayList<ByteArray>()\nwhile (true) l.add(ByteArray(1 shl 20))\n",
        "fun f(n: Int): Int = f(n + 1) + 1\nprintln(f(0))\n"}},
      {"scala",
       {"sum.scala",
        "object Sum extends App { println(scala.io.StdIn.readLine().split(\" \").map(_.toInt).sum) "
        "}\n",
        "", ""}},
      {"javascript",
       {"sum.js",
        "const [a, b] = require('fs').readFileSync(0, 'utf8').split(' ').map(Number);\n"
        "console.log(a + b);\n",
        "const l = []; for (;;) l.push(new Array(1000).fill(l.length));\n",
        "function f(n) { return f(n + 1) + 1; }\nconsole.log(f(0));\n"}},
      {"typescript", {"sum.ts", "const one: number = 7;\nconsole.log(one);\n", "", ""}},
      {"rust",
       {"sum.rs",
        "use std::io::*;\nfn main() { let mut s = String::new(); stdin().read_to_string(&mut "
        "s).unwrap();\nlet t: i64 = s.split_whitespace().map(|x| x.parse::<i64>().unwrap()).sum(); "
        "println!(\"{}\", t); }\n",
        "fn main() { let mut v: Vec<Vec<u8>> = Vec::new(); loop { v.push(vec![1u8; 1 << 20]); } "
        "}\n",
        "fn f(n: u64) -> u64 { if n == u64::MAX { 0 } else { let a = [n; 100]; f(n + 1) + a[(n % "
        "100) as usize] } }\nfn main() { println!(\"{}\", f(0)); }\n"}},
      {"go",
       {"sum.go",
        "package main\nimport \"fmt\"\nfunc main() { var a, b int; fmt.Scan(&a, &b); "
        "fmt.Println(a + b) }\n",
        "package main\nfunc main() { var l [][]byte; for { b := make([]byte, 1<<20); for i := "
        "range b { b[i] = 1 }; l = append(l, b) } }\n",
        ""}},
      {"csharp",
       {"sum.cs",
        "using System; using System.Linq;\nclass P { static void Main() { "
        "Console.WriteLine(Console.ReadLine().Split(' ').Select(int.Parse).Sum()); } }\n",
        "", ""}},
      {"haskell",
       {"sum.hs", "main = interact (show . sum . map (read :: String -> Int) . words)\n", "", ""}},
      {"ocaml",
       {"sum.ml", "let () = Scanf.scanf \" %d %d\" (fun a b -> print_int (a + b))\n",
        "let rec go l = go (Bytes.make 1048576 'x' :: l)\nlet () = go []\n", ""}},
      {"pascal",
       {"sum.pas", "var a, b: longint;\nbegin read(a, b); writeln(a + b); end.\n", "", ""}},
      {"fortran",
       {"sum.f90", "program s\ninteger :: a, b\nread *, a, b\nprint '(i0)', a + b\nend program\n",
        "", ""}},
      {"d",
       {"sum.d",
        "import std.stdio;\nvoid main() { int a, b; readf(\" %d %d\", &a, &b); writeln(a + b); }\n",
        "", ""}},
      {"ruby",
       {"sum.rb", "puts gets.split.map(&:to_i).sum\n",
        "l = []\nloop { l << 'x' * 1048576 + l.size.to_s }\n",
        "def f(n) f(n + 1) + 1 end\nputs f(0)\n"}},
      {"php",
       {"sum.php", "<?php fscanf(STDIN, '%d %d', $a, $b); echo $a + $b;\n",
        "<?php $l = []; for (;;) $l[] = str_repeat('x', 1048576) . count($l);\n", ""}},
      {"perl",
       {"sum.pl", "my ($a, $b) = split ' ', <STDIN>; print $a + $b;\n",
        "my @l; while (1) { push @l, ('x' x 1048576) . @l; }\n", ""}},
      {"lua",
       {"sum.lua", "print(io.read('n') + io.read('n'))\n",
        "local l = {}\nwhile true do l[#l + 1] = string.rep('x', 1048576) .. #l end\n",
        "local function f(n) return f(n + 1) + 1 end\nprint(f(0))\n"}},
      {"bash", {"sum.sh", "read a b; echo $((a + b))\n", "", ""}},
      {"r", {"sum.r", "n <- scan(file('stdin'), quiet = TRUE); cat(sum(n))\n", "", ""}},
      {"lisp", {"sum.lisp", "(princ (+ (read) (read)))\n", "", ""}},
      {"prolog",
       {"sum.pl", ":- use_module(library(lists)).\nmain :- sum_list([3, 4], S), write(S).\n", "",
        ""}},
      {"pypy3",
       {"sum.py", "#!/usr/bin/env pypy3\nprint(sum(map(int, input().split())))\n",
        "#!/usr/bin/env pypy3\nl = []\nwhile True: l.append(bytearray(1 << 20))\n",
        "#!/usr/bin/env pypy3\ndef f(n): return f(n + 1) + 1\nprint(f(0))\n"}}};
  return programs;
}

class LanguageTest : public JudgingTest, public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    JudgingTest::SetUp();
    if (sandbox_ == nullptr) return;
    const Language* language = compiler_->languages().Find(GetParam());
    ASSERT_NE(language, nullptr);
    if (const std::string why = language->WhyMissing(); !why.empty()) GTEST_SKIP() << why;
    workplace_ = std::make_unique<Workplace>(sandbox_, 5, compiler_->mounts());
    const LanguageCheck check = CheckLanguage(*compiler_, *workplace_, *language);
    if (GetParam() == "csharp" && !check.works) GTEST_SKIP() << check.reason;
    ASSERT_TRUE(check.works) << check.reason;
    EXPECT_FALSE(check.version.empty());
    Write("p/1.in", "3 4\n");
    Write("p/1.ans", "7\n");
    auto problem = LoadProblem(root_ / "p");
    ASSERT_TRUE(problem);
    problem_ = std::make_unique<Problem>(std::move(*problem));
  }
  std::string VerdictOf(const std::string& text) {
    JudgeOptions options;
    options.time_limit_seconds = 10;
    options.memory_limit_mib = 128;
    return Verdict(*problem_, Programs().at(GetParam()).file, text, options);
  }
  std::unique_ptr<Problem> problem_;
};

TEST_P(LanguageTest, GetsTheVerdictsOfItsPrograms) {
  const Sources& sources = Programs().at(GetParam());
  EXPECT_EQ(VerdictOf(sources.sum), "AC") << last_.ToJson().dump();
  if (!sources.memory.empty()) {
    EXPECT_EQ(VerdictOf(sources.memory), "MLE") << last_.ToJson().dump();
  }
  if (!sources.stack.empty()) {
    EXPECT_EQ(VerdictOf(sources.stack), "RTE") << last_.ToJson().dump();
  }
}

TEST_P(LanguageTest, StartedAheadItAnswersTheSameAndIsNotChargedForWaiting) {
  const Language& language = *compiler_->languages().Find(GetParam());
  if (!language.starts_ahead) GTEST_SKIP() << "always starts in the ordinary way";
  const CompileOutcome outcome = compiler_->Compile(
      *workplace_, language, {{Programs().at(GetParam()).file, Programs().at(GetParam()).sum}});
  ASSERT_NE(outcome.program, nullptr) << outcome.messages;
  std::vector<RunResult> runs;
  for (const int waits_ms : {0, 500, 1800}) {
    std::this_thread::sleep_for(std::chrono::milliseconds(waits_ms));
    const UniqueFd input = MakeMemoryFile("3 4\n", "input");
    RunSpec spec;
    spec.stdin_fd = input.get();
    outcome.program->AddTo(&spec);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    runs.push_back(workplace_->Run(ContainerKind::kRun, spec));
    EXPECT_EQ(runs.back().standard_output, "7\n") << runs.back().standard_error;
    if (waits_ms > 0) {
      EXPECT_LT(runs.back().start_ns, now.tv_sec * 1'000'000'000LL + now.tv_nsec);
      EXPECT_LT(runs.back().cpu, 2 * runs.front().cpu);
      EXPECT_GT(runs.back().cpu, runs.front().cpu / 3);
      EXPECT_LT(runs.back().wall, std::chrono::milliseconds(waits_ms));
    }
  }
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& [name, sources] : Programs()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Table, LanguageTest, testing::ValuesIn(Names()),
                         [](const auto& tested) { return tested.param; });

TEST(LanguageTable, EveryEntryHasACanary) {
  const auto table = LanguageTable::BuiltIn();
  for (const Language& language : table.all()) {
    EXPECT_FALSE(language.canary.empty()) << language.id;
    EXPECT_FALSE(language.package.empty()) << language.id;
    EXPECT_FALSE(language.package_code.empty()) << language.id;
  }
}

TEST(LanguageTable, FindsByAlias) {
  const auto table = LanguageTable::BuiltIn();
  for (const auto& [alias, id] : std::map<std::string, std::string>{{"python", "python3"},
                                                                    {"cpp", "cpp20"},
                                                                    {"nodejs", "javascript"},
                                                                    {"R", "r"},
                                                                    {"D_ut", "d_ut"},
                                                                    {"java", "java"}}) {
    ASSERT_NE(table.Find(alias), nullptr) << alias;
    EXPECT_EQ(table.Find(alias)->id, id);
  }
}

TEST(LanguageTable, TellsPrologFromPerl) {
  const auto table = LanguageTable::BuiltIn();
  EXPECT_EQ((*table.ForFile("a.pl", "print 1;\n"))->id, "perl");
  EXPECT_EQ((*table.ForFile("a.pl", "main :-\r\n  write(1).\n"))->id, "prolog");
  EXPECT_EQ((*table.ForFile("a.pl", "#!/usr/bin/perl\n:- x\n"))->id, "perl");
}

TEST(LanguageTable, MissingToolsAreNamedWithTheirPackage) {
  auto table = LanguageTable::BuiltIn();
  ASSERT_TRUE(table.Extend("[java]\nhome_of = \"/nowhere/javac\"\n", "t"));
  EXPECT_THAT(table.Find("java")->WhyMissing(),
              testing::AllOf(testing::HasSubstr("Java is not installed"),
                             testing::HasSubstr("/nowhere/javac"), testing::HasSubstr("openjdk")));
}

}  // namespace
}  // namespace tesuji::verifier
