// An environment without parameters or tasks, whose artifact is a record of actions: write only the
// state and the Spec. env/connect4/connect4.cc is one. Thread-safety: as any Environment.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "api/environment.h"
#include "api/record.h"
#include "api/registry.h"

namespace tesuji::env {

/// Every episode starts from a default-constructed `Start`, whose Artifact() PlayRecord() can read.
template <typename Start>
class FixedEnvironment final : public Environment {
 public:
  explicit FixedEnvironment(Spec spec) : spec_(std::move(spec)) {}
  const Spec& spec() const override { return spec_; }
  Json parameters() const override { return Json::object(); }
  Result<std::unique_ptr<State>> NewState(const Task& task) const override {
    if (!task.parameters.empty()) return Fail("a task of " + spec_.id + " has no parameters");
    return std::make_unique<Start>();
  }
  Result<std::unique_ptr<State>> FromArtifact(std::string_view artifact) const override {
    return PlayRecord(std::make_unique<Start>(), artifact);
  }

 private:
  const Spec spec_;
};

/// What makes it, for the registry.
template <typename Start>
EnvironmentFactory FixedEnvironmentFactory(const Spec& spec, std::string summary) {
  return {
      .id = spec.id, .summary = std::move(summary), .parameters = {}, .make = [spec](const Json&) {
        return std::make_unique<const FixedEnvironment<Start>>(spec);
      }};
}

}  // namespace tesuji::env
