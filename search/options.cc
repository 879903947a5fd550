#include "search/options.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "search/options_json.h"

namespace tesuji::search {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

/// Collects the first complaint of a series of range checks.
class RangeCheck {
 public:
  /// minimum <= value <= maximum; `maximum` may be kUnbounded, `value` must be finite.
  void Inclusive(const char* name, double value, double minimum, double maximum) {
    if (value >= minimum && value <= maximum && std::isfinite(value)) return;
    Complain(name, value,
             maximum == kUnbounded ? fmt::format("at least {}", minimum)
                                   : fmt::format("{} to {}", minimum, maximum));
  }
  void Positive(const char* name, double value) {
    if (value > 0 && std::isfinite(value)) return;
    Complain(name, value, "more than 0");
  }
  Status status() const {
    if (message_.empty()) return {};
    return Fail(message_);
  }

 private:
  void Complain(const char* name, double value, const std::string& expected) {
    if (message_.empty()) message_ = fmt::format("{} = {}: expected {}", name, value, expected);
  }
  std::string message_;
};

}  // namespace

Json ToJson(const SearchOptions& options) {
  Json json = {{"root", options.root == RootPolicy::kPuct ? "puct" : "gumbel"},
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
               {"reuse_tree", options.reuse_tree},
               {"max_pending", options.max_pending}};
  // Named only where it is used, so that episodes begun before it was there go on.
  if (options.look_ahead) json["look_ahead"] = true;
  return json;
}

Json ToJson(const EpisodeOptions& options) {
  Json json = {{"full", ToJson(options.full)},
               {"cheap_simulations", options.cheap_simulations},
               {"full_search_probability", options.full_search_probability},
               {"decided_value", options.decided_value},
               {"decided_simulations", options.decided_simulations},
               {"decided_full_probability", options.decided_full_probability},
               {"temperature", options.temperature},
               {"final_temperature", options.final_temperature},
               {"temperature_halflife", options.temperature_halflife},
               {"opening_policy_moves", options.opening_policy_moves},
               {"opening_temperature", options.opening_temperature},
               {"surprise_weight", options.surprise_weight}};
  // Named only where it is used, like look_ahead.
  if (options.opening_one_sided > 0) json["opening_one_sided"] = options.opening_one_sided;
  return json;
}

Status Validate(const SearchOptions& options) {
  RangeCheck check;
  check.Inclusive("simulations", options.simulations, 1, kUnbounded);
  check.Inclusive("cpuct", options.cpuct, 0, kUnbounded);
  check.Inclusive("cpuct_log", options.cpuct_log, 0, kUnbounded);
  check.Positive("cpuct_base", options.cpuct_base);
  check.Inclusive("fpu_reduction", options.fpu_reduction, 0, 2);
  check.Inclusive("noise_fraction", options.noise_fraction, 0, 1);
  check.Positive("noise_total_alpha", options.noise_total_alpha);
  check.Positive("root_policy_temperature", options.root_policy_temperature);
  check.Inclusive("forced_playouts", options.forced_playouts, 0, kUnbounded);
  check.Inclusive("gumbel_considered", options.gumbel_considered, 1, kUnbounded);
  check.Inclusive("gumbel_visit_offset", options.gumbel_visit_offset, 0, kUnbounded);
  check.Inclusive("gumbel_scale", options.gumbel_scale, 0, kUnbounded);
  check.Inclusive("max_pending", options.max_pending, 1, kUnbounded);
  check.Inclusive("tree_memory_bytes", static_cast<double>(options.tree_memory_bytes), 1 << 16,
                  kUnbounded);
  check.Inclusive("stored_states", options.stored_states, 0, kUnbounded);
  if (options.look_ahead && !options.prove) {
    return Fail("look_ahead proves the ends it finds, so it needs prove = true");
  }
  return check.status();
}

Status Validate(const EpisodeOptions& options) {
  if (Status full = Validate(options.full); !full) return full;
  RangeCheck check;
  check.Inclusive("cheap_simulations", options.cheap_simulations, 0, kUnbounded);
  check.Inclusive("full_search_probability", options.full_search_probability, 0, 1);
  check.Inclusive("decided_value", options.decided_value, 0, 1);
  check.Inclusive("decided_simulations", options.decided_simulations, 1, kUnbounded);
  check.Inclusive("decided_full_probability", options.decided_full_probability, 0, 1);
  check.Inclusive("temperature", options.temperature, 0, kUnbounded);
  check.Inclusive("final_temperature", options.final_temperature, 0, kUnbounded);
  check.Positive("temperature_halflife", options.temperature_halflife);
  check.Inclusive("opening_policy_moves", options.opening_policy_moves, 0, kUnbounded);
  check.Positive("opening_temperature", options.opening_temperature);
  check.Inclusive("opening_one_sided", options.opening_one_sided, 0, 1);
  check.Inclusive("surprise_weight", options.surprise_weight, 0, 1);
  return check.status();
}

}  // namespace tesuji::search
