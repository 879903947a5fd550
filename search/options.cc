#include "search/options.h"

#include "search/options_json.h"

namespace tesuji::search {

Json ToJson(const SearchOptions& options) {
  return {{"root", options.root == RootPolicy::kPuct ? "puct" : "gumbel"},
          {"backup", options.backup == Backup::kMean ? "mean" : "max"},
          {"simulations", options.simulations},
          {"cpuct", options.cpuct},
          {"cpuct_log", options.cpuct_log},
          {"cpuct_base", options.cpuct_base},
          {"fpu_reduction", options.fpu_reduction},
          {"root_noise", options.root_noise},
          {"noise_fraction", options.noise_fraction},
          {"noise_total_alpha", options.noise_total_alpha},
          {"root_policy_temperature", options.root_policy_temperature},
          {"forced_playouts", options.forced_playouts},
          {"gumbel_considered", options.gumbel_considered},
          {"gumbel_visit_offset", options.gumbel_visit_offset},
          {"gumbel_scale", options.gumbel_scale},
          {"gumbel_noise", options.gumbel_noise},
          {"prove", options.prove},
          {"reuse_tree", options.reuse_tree}};
}

Json ToJson(const EpisodeOptions& options) {
  return {{"full", ToJson(options.full)},
          {"cheap_simulations", options.cheap_simulations},
          {"full_search_probability", options.full_search_probability},
          {"temperature", options.temperature},
          {"final_temperature", options.final_temperature},
          {"temperature_halflife", options.temperature_halflife},
          {"opening_policy_moves", options.opening_policy_moves},
          {"surprise_weight", options.surprise_weight}};
}

}  // namespace tesuji::search
