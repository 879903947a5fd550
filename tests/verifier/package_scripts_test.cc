// Programs of a package that say themselves how they are built and run: scripts "build" and "run".
#include <gmock/gmock.h>

#include "tests/verifier/package_format.h"
#include "verifier/judge/data_check.h"

namespace tesuji::verifier {
namespace {

using testing::HasSubstr;

constexpr char kRight[] = "a, b = map(int, input().split())\nprint(a + b)\n";
constexpr char kCheckC[] =
    "#include <stdio.h>\n#include <string.h>\n"
    "int main(int argc, char** argv) {\n"
    "  int a, b, x;\n  FILE* in = fopen(argv[1], \"r\");\n"
    "  if (argc < 4 || !in || fscanf(in, \"%d %d\", &a, &b) != 2) return 1;\n"
    "  char name[300];\n  snprintf(name, sizeof name, \"%sjudgemessage.txt\", argv[3]);\n"
    "  FILE* message = fopen(name, \"w\");\n"
    "  if (!message) return 2;\n  fprintf(message, \"checked %s\\n\", argc > 4 ? argv[4] : \"\");\n"
    "  fclose(message);\n"
    "  return scanf(\"%d\", &x) == 1 && x == a + b ? 42 : 43;\n}\n";

class PackageScriptsTest : public PackageFormatTest {
 protected:
  std::string Judged(const std::string& program = kRight) {
    if (const std::string loaded = Load(); loaded != "loaded") return loaded;
    const std::string verdict = Verdict(*problem_, "a.py", program);
    return verdict == "IE" ? "IE: " + last_.message : verdict;
  }
};

TEST_F(PackageScriptsTest, BuildMakesAProgramWithTheFormatsCompilers) {
  WritePackage();
  Write("p/data/secret/test_group.yaml", "output_validator_args: ['two words']\n");
  // Names of compilers as the format has them, a binary in a folder, a script that moves.
  Write("p/output_validator/build",
        "#!/bin/sh\nset -e\nmkdir out\ncc -O1 -o out/check check.c\n"
        "c++ -x c++ -fsyntax-only check.c\n"
        "printf '#!/bin/sh\\ncd \"$(dirname \"$0\")\"\\n"
        "exec ./out/check \"$@\"\\n' > run\nchmod +x run\n");
  Write("p/output_validator/check.c", kCheckC);
  EXPECT_EQ(Judged(), "AC");
  EXPECT_EQ(last_.tests[0].given.message, "checked two words\n");
  EXPECT_EQ(Judged("print(4)\n"), "WA");
}

TEST_F(PackageScriptsTest, RunAloneIsEnough) {
  WritePackage();
  Write("p/output_validator/run",
        "#!/usr/bin/env bash\nexec python3 \"${0%/*}/check.py\" \"$@\"\n");
  Write("p/output_validator/check.py",
        "import sys, helper\n"
        "sys.exit(42 if int(input()) == helper.total(sys.argv[1]) else 43)\n");
  Write("p/output_validator/helper.py",
        "def total(name): return sum(map(int, open(name).read().split()))\n");
  EXPECT_EQ(Judged(), "AC");
  EXPECT_EQ(Judged("print(4)\n"), "WA");
}

TEST_F(PackageScriptsTest, ScriptsHoldInConversationsPassesAndGraders) {
  Write("p/problem.yaml",
        "problem_format_version: 2025-09\nname: A\ntype: [multi-pass, interactive]\n");
  Write("p/data/secret/1.in", "1 2\n");
  Write("p/data/secret/1.ans", "\n");
  Write("p/output_validator/run",
        "#!/bin/sh\nexec python3 \"$(dirname \"$0\")/check.py\" \"$@\"\n");
  Write("p/output_validator/check.py",
        "import os, sys\nprint(open(sys.argv[1]).read(), end='', flush=True)\n"
        "x = int(sys.stdin.readline())\nfirst = not os.path.exists(sys.argv[3] + 'seen')\n"
        "open(sys.argv[3] + 'seen', 'w')\n"
        "if first and x == 3: open(sys.argv[3] + 'nextpass.in', 'w').write('70 5\\n')\n"
        "sys.exit(42 if x == (3 if first else 75) else 43)\n");
  EXPECT_EQ(Judged(), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Judged("input()\nprint(3)\n"), "WA");
  std::filesystem::remove_all(root_ / "p");
  Write("p/problem.yaml", "name: A\ntype: scoring\n");
  Write("p/data/secret/testdata.yaml", "grading: custom\n");
  Write("p/data/secret/1.in", "1 2\n");
  Write("p/data/secret/1.ans", "3\n");
  Write("p/graders/g/build",
        "echo 'read verdict score; echo \"$verdict 8\"' > run\nchmod 755 run\n");
  EXPECT_EQ(Judged(), "AC");
  EXPECT_EQ(last_.score, 8);
}

// The package's fault is an IE that names it, and no verdict.
TEST_F(PackageScriptsTest, ScriptsThatFailAreNoVerdict) {
  WritePackage();
  Write("p/output_validator/build", "#!/bin/sh\necho no such luck >&2\nexit 3\n");
  EXPECT_THAT(Judged(), HasSubstr("the output validator cannot be built by its scripts: exit code "
                                  "3: no such luck"));
  Write("p/output_validator/build", "#!/bin/sh\ntrue\n");
  EXPECT_THAT(Judged(), HasSubstr("there is no executable file 'run'"));
  Write("p/output_validator/build", "#!/bin/sh\nln -s /usr/bin/python3 run\n");
  EXPECT_THAT(Judged(), HasSubstr("IE: "));
}

// A package may come from anybody.
TEST_F(PackageScriptsTest, ScriptsSeeNothingOfThisMachine) {
  WritePackage();
  Write("secret.txt", "of this machine\n");
  Write("p/output_validator/build",
        "#!/bin/sh\n[ -e '" + (root_ / "secret.txt").string() +
            "' ] && exit 9\n"
            "[ -e /etc/passwd ] && exit 10\n[ -e /root ] && exit 11\n[ -e /home ] && exit 12\n"
            "echo x > /usr/bin/x 2>/dev/null && exit 13\n"
            "(echo > /dev/tcp/127.0.0.1/22) 2>/dev/null && exit 14\n"
            "(sleep 100 &)\n"
            "printf '#!/bin/sh\\n[ -e judge/answer ] && [ ! -e source ] && exit 42\\n' > run\n"
            "chmod +x run\n");
  EXPECT_EQ(Judged(), "AC") << last_.message;
}

TEST_F(PackageScriptsTest, InputValidatorsMayHaveScripts) {
  WritePackage();
  Write("p/input_validators/v/build", "#!/bin/sh\nc++ -o run v.cc\n");
  Write("p/input_validators/v/v.cc",
        "#include <iostream>\nint main() { int a, b; return std::cin >> a >> b && a < 5 ? 42 : 43; "
        "}\n");
  Write("p/data/invalid_input/big.in", "7 7\n");
  const auto check = [&] {
    std::string faults;
    const auto summary =
        CheckData(root_ / "p", LanguageTable::BuiltIn(), BatchOptions{},
                  [&](const DataReport& report) { faults += report.test + report.fault + ";"; });
    return summary ? faults : summary.error().message;
  };
  EXPECT_EQ(check(), "secret/1;invalid_input/big;");
  Write("p/data/secret/1.in", "6 2\n");
  EXPECT_THAT(check(), HasSubstr("secret/1input_validators/v rejects the input"));
}

}  // namespace
}  // namespace tesuji::verifier
