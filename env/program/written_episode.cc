#include "env/program/written_episode.h"

#include <utility>

namespace tesuji::env::program {

void WriteEpisode(const Environment& environment, std::span<const Op> code,
                  Trajectory* trajectory) {
  const auto state = std::move(environment.NewState(trajectory->task).value());
  for (const Op op : code) {
    Step step;
    step.action = op;
    step.is_target = true;
    step.visits = 1;
    step.root_value = 1;
    step.policy = {{op, 1.0F}};
    trajectory->steps.push_back(std::move(step));
    state->Apply(op);
  }
  trajectory->outcome.value = state->Value();
  trajectory->outcome.termination = state->Termination();
  trajectory->artifact = state->Artifact();
  trajectory->final_fingerprint = state->Fingerprint();
}

}  // namespace tesuji::env::program
