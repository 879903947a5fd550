#include "env/matmul/trajectories.h"

#include "core/version.h"

namespace tesuji::env::matmul {

Result<Trajectory> ToTrajectory(const MatmulEnvironment& environment, const Discovery& discovery,
                                std::uint64_t campaign_seed, std::uint64_t episode) {
  Trajectory trajectory;
  trajectory.provenance = {
      .environment_id = environment.spec().id,
      .environment_version = environment.spec().version,
      .environment_parameters = environment.parameters(),
      .software_version = kSoftwareVersion,
      .campaign_seed = campaign_seed,
      .episode = episode,
      .checkpoints = {},
      .search_settings = {{"method", "flip-walk"}, {"total_flips", discovery.total_flips}},
      .judge = Json::object()};
  const WalkOptions& options = discovery.walk;
  Json walk = {{"stream", discovery.stream},
               {"flips", options.flips},
               {"plus_after", options.plus_after},
               {"band", options.band},
               {"target_rank", options.target_rank}};
  if (options.cyclic) walk["cyclic"] = true;
  if (!options.policy.uniform()) {
    walk["policy"] = {{"ones", options.policy.ones}, {"pairs", options.policy.pairs}};
  }
  trajectory.task = {
      .id = discovery.scheme.format.ToText(),
      .parameters = {
          {"start", SchemeToJson(discovery.start)}, {"walk", std::move(walk)}, {"over", true}}};
  Json found = SchemeToJson(discovery.scheme);
  found["steps"] = 0;
  found["end"] = "walk";
  const auto state = environment.FromArtifact(found.dump());
  if (!state) return tl::unexpected(state.error());
  trajectory.outcome = {.value = (*state)->Value(),
                        .score = (*state)->Targets().score,
                        .ownership = {},
                        .termination = (*state)->Termination()};
  trajectory.artifact = (*state)->Artifact();
  trajectory.final_fingerprint = (*state)->Fingerprint();
  return trajectory;
}

}  // namespace tesuji::env::matmul
