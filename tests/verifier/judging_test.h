// A sandbox, a compiler without cache on disk and a workplace, for tests that judge.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "verifier/judge/submission_judge.h"

namespace tesuji::verifier {

class JudgingTest : public testing::Test {
 protected:
  void SetUp() override {
    auto sandbox = Sandbox::Open({});
    if (!sandbox) GTEST_SKIP() << sandbox.error().message;
    sandbox_ = *sandbox;
    root_ = std::filesystem::path(testing::TempDir()) / ("verifier" + std::to_string(getpid()));
    std::filesystem::create_directories(root_);
    compiler_ = std::make_unique<Compiler>(LanguageTable::BuiltIn(), CompilerOptions{});
    workplace_ = std::make_unique<Workplace>(sandbox_, 5, std::vector<Mount>{});
  }
  void TearDown() override {
    if (!root_.empty()) std::filesystem::remove_all(root_);
  }
  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  std::string Verdict(const Problem& problem, const std::string& file, const std::string& text,
                      JudgeOptions options = {}) {
    if (!options.time_limit_seconds) options.time_limit_seconds = 1;
    SubmissionJudge judge(*compiler_, problem, options);
    auto report = judge.Judge(*workplace_, {file, "", {{file, text}}});
    if (!report) return report.error().message;
    last_ = *report;
    return std::string(env::VerdictName(report->verdict));
  }
  std::shared_ptr<const Sandbox> sandbox_;
  std::unique_ptr<Compiler> compiler_;
  std::unique_ptr<Workplace> workplace_;
  std::filesystem::path root_;
  Report last_;
};

}  // namespace tesuji::verifier
