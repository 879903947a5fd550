#include "api/environment.h"

#include <cassert>

namespace tesuji::env {

std::string State::ActionToText(Action action) const { return std::to_string(action); }

void State::ChanceOutcomes(std::vector<ChanceOutcome>* out) const {
  assert(false && "this environment has no chance nodes");
  out->clear();
}

FinalTargets State::Targets() const {
  assert(false && "this environment has neither ownership nor score");
  return {};
}

Task Environment::SampleTask(RandomStream& /*random*/) const { return Task{.id = spec().id}; }

}  // namespace tesuji::env
