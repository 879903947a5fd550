#include "env/matmul/flip_settings.h"

#include <fmt/format.h>

#include <optional>

#include "core/files.h"
#include "core/untrusted_json.h"
#include "env/matmul/learn_flips.h"
#include "env/matmul/scheme.h"

namespace tesuji::env::matmul {

std::vector<Parameter> FlipParameters() {
  const DiscoverOptions defaults;
  return {
      {.name = "walk",
       .default_value = false,
       .help = "Look for schemes by random walks over the flip graph, not by tree search."},
      {.name = "target_rank",
       .default_value = 0,
       .help = "The campaign ends at this rank; 0: it goes on.",
       .minimum = 0,
       .maximum = 125},
      {.name = "walkers",
       .default_value = defaults.walkers,
       .help = "Chains of random walks.",
       .minimum = 1,
       .maximum = 4096},
      {.name = "plus_after",
       .default_value = 0,
       .help = "Flips before a plus transition; 0: 2000, or 20000 among cyclic schemes.",
       .minimum = 0,
       .maximum = 1e9},
      {.name = "band",
       .default_value = 0,
       .help = "Plus transitions that walks may climb over their best; 0: 4, or 2 among cyclic "
               "schemes.",
       .minimum = 0,
       .maximum = 32},
      {.name = "stage_effort",
       .default_value = defaults.stage_effort,
       .help = "Flips on each smaller format on the way, times the cube of its standard rank.",
       .minimum = 0,
       .maximum = 1e9},
      {.name = "symmetry",
       .default_value = "auto",
       .help = "cyclic: among schemes that stay the same when a, b and c trade places in a circle "
               "(square matrices); auto: where that is known to be better.",
       .choices = {"auto", "cyclic", "none"}},
      {.name = "grow",
       .default_value = defaults.grow,
       .help = "Grow the format from 2x2x2; false: walk in the whole format from the start."},
      {.name = "policy",
       .default_value = "",
       .help = "File of tesuji learn-flips: declines some of the flips drawn; empty: none."},
  };
}

Result<DiscoverOptions> ReadFlips(const ProducerSetup& setup, const MatmulOptions& product) {
  const Json& settings = setup.settings;
  const auto symmetry = settings.at("symmetry").get<std::string>();
  std::optional<bool> cyclic;
  if (symmetry != "auto") cyclic = symmetry == "cyclic";
  DiscoverOptions options = MeasuredOptions(product.format, product.ring, cyclic);
  options.seed = setup.campaign_seed;
  options.workers = setup.threads;
  settings.at("target_rank").get_to(options.target_rank);
  settings.at("walkers").get_to(options.walkers);
  settings.at("stage_effort").get_to(options.stage_effort);
  settings.at("grow").get_to(options.grow);
  if (const auto flips = settings.at("plus_after").get<std::int64_t>(); flips > 0) {
    options.plus_after = flips;
  }
  if (const int band = settings.at("band").get<int>(); band > 0) options.band = band;
  if (const auto path = settings.at("policy").get<std::string>(); !path.empty()) {
    auto policy = ReadFlipPolicy(path);
    if (!policy) return tl::unexpected(policy.error());
    options.policy = *policy;
  }
  if (auto status = CheckDiscoverOptions(options); !status) return tl::unexpected(status.error());
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
