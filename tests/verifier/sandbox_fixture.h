// A sandbox and a container for programs, with control groups and without, for tests of the
// sandbox.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "verifier/sandbox/container.h"

namespace tesuji::verifier {

class SandboxTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    SandboxOptions options;
    options.use_cgroups = GetParam();
    auto sandbox = Sandbox::Open(options);
    if (!sandbox) GTEST_SKIP() << sandbox.error().message;
    sandbox_ = *sandbox;
    auto container = Container::Start(sandbox_, ContainerKind::kRun, 1, {});
    ASSERT_TRUE(container) << container.error().message;
    container_ = std::move(*container);
  }
  static RunSpec Script(const std::string& code) {
    RunSpec spec;
    spec.argv = {"/usr/bin/python3", "-c", code};
    return spec;
  }
  RunResult Python(const std::string& code, Limits limits = {}) {
    RunSpec spec = Script(code);
    spec.limits = limits;
    return container_->Run(spec);
  }
  std::shared_ptr<const Sandbox> sandbox_;
  std::unique_ptr<Container> container_;
};

/// Once with control groups and once without.
#define TESUJI_SANDBOX_TESTS(fixture)                                                \
  INSTANTIATE_TEST_SUITE_P(Memory, fixture, testing::Bool(), [](const auto& param) { \
    return param.param ? "ByCgroup" : "ByPolling";                                   \
  })

}  // namespace tesuji::verifier
