#include "env/matmul/flip_settings.h"

#include <fmt/format.h>

#include <optional>

#include "api/settings_parameters.h"
#include "core/files.h"
#include "core/untrusted_json.h"
#include "env/matmul/learn_flips.h"
#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

void Describe(SettingsTable* table, FlipsSection* o) {
  table->Section("flips");
  table->Add("walk", &o->walk,
             "Look for schemes by random walks over the flip graph, not by tree search.");
  table->Add("target_rank", &o->target_rank, "The campaign ends at this rank; 0: it goes on.",
             {.minimum = 0, .maximum = 125});
  table->Add("walkers", &o->walkers, "Chains of random walks.", {.minimum = 1, .maximum = 4096});
  table->Add("plus_after", &o->plus_after,
             "Flips before a plus transition; 0: 2000, or 20000 among cyclic schemes.",
             {.minimum = 0, .maximum = 1e9});
  table->Add("band", &o->band,
             "Plus transitions that walks may climb over their best; 0: 4, or 2 among cyclic "
             "schemes.",
             {.minimum = 0, .maximum = 32});
  table->Add("stage_effort", &o->stage_effort,
             "Flips on each smaller format on the way, times the cube of its standard rank.",
             {.minimum = 0, .maximum = 1e9});
  table->AddChoice("symmetry", &o->symmetry, {"auto", "cyclic", "none"},
                   "cyclic: among schemes that stay the same when a, b and c trade places in a "
                   "circle (square matrices); auto: where that is known to be better.");
  table->Add("grow", &o->grow,
             "Grow the format from 2x2x2; false: walk in the whole format from the start.");
  table->Add("policy", &o->policy,
             "File of tesuji learn-flips: declines some of the flips drawn; empty: none.");
}

std::vector<Parameter> FlipParameters() {
  FlipsSection defaults;
  SettingsTable table;
  Describe(&table, &defaults);
  return ParametersOf(table);
}

Result<DiscoverOptions> OptionsOf(const FlipsSection& flips, const Format& format, Ring ring) {
  std::optional<bool> cyclic;
  if (flips.symmetry != FlipsSection::Symmetry::kAuto) {
    cyclic = flips.symmetry == FlipsSection::Symmetry::kCyclic;
  }
  DiscoverOptions options = MeasuredOptions(format, ring, cyclic);
  options.target_rank = flips.target_rank;
  options.walkers = flips.walkers;
  options.stage_effort = flips.stage_effort;
  options.grow = flips.grow;
  if (flips.plus_after > 0) options.plus_after = flips.plus_after;
  if (flips.band > 0) options.band = flips.band;
  if (!flips.policy.empty()) {
    auto policy = ReadFlipPolicy(flips.policy);
    if (!policy) return tl::unexpected(policy.error());
    options.policy = *policy;
  }
  return options;
}

Result<DiscoverOptions> ReadFlips(const ProducerSetup& setup, const MatmulOptions& product) {
  FlipsSection flips;
  SettingsTable table;
  Describe(&table, &flips);
  SetParameters(setup.settings, table);
  auto options = OptionsOf(flips, product.format, product.ring);
  if (!options) return options;
  options->seed = setup.campaign_seed;
  options->workers = setup.threads;
  if (auto status = CheckDiscoverOptions(*options); !status) return tl::unexpected(status.error());
  return options;
}

Result<FlipPolicy> ReadFlipPolicy(const std::string& path) {
  const auto text = ReadFile(path);
  if (!text) return tl::unexpected(text.error());
  const auto json = ParseUntrustedJson(*text);
  if (!json) return Fail(fmt::format("{}: {}", path, json.error().message));
  auto policy = FlipPolicyFromJson(*json);
  if (!policy) return Fail(fmt::format("{}: {}", path, policy.error().message));
  return policy;
}

}  // namespace tesuji::env::matmul
