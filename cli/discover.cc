#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <optional>

#include "cli/command.h"
#include "cli/matmul.h"
#include "core/files.h"
#include "env/matmul/codegen.h"
#include "env/matmul/discovery.h"

namespace tesuji::cli {
namespace {

namespace matmul = env::matmul;

struct DiscoverArguments {
  std::string format;
  std::string ring = "Z2";
  std::string store;
  std::string out;
  double minutes = 10;
  int target = 0;
  int workers = 2;
  int walkers = 8;
  std::uint64_t seed = 1;
  std::optional<std::int64_t> plus_after;
  std::optional<int> band;
  double stage_effort = 1'000;
  std::string symmetry = "auto";
  std::string flip_policy;
  bool no_grow = false;
  bool json = false;
};

Result<env::matmul::DiscoveryOptions> Options(const DiscoverArguments& arguments) {
  env::matmul::DiscoveryOptions options;
  const auto product = ReadProduct(arguments.format, arguments.ring, "");
  if (!product) return tl::unexpected(product.error());
  std::optional<bool> cyclic;
  if (arguments.symmetry != "auto") cyclic = arguments.symmetry == "cyclic";
  options.search = matmul::MeasuredOptions(product->format, product->ring, cyclic);
  options.search.seed = arguments.seed;
  options.search.workers = arguments.workers;
  options.search.walkers = arguments.walkers;
  options.search.stage_effort = arguments.stage_effort;
  options.search.plus_after = arguments.plus_after.value_or(options.search.plus_after);
  options.search.band = arguments.band.value_or(options.search.band);
  options.search.grow = !arguments.no_grow;
  if (!arguments.flip_policy.empty()) {
    auto policy = ReadFlipPolicy(arguments.flip_policy);
    if (!policy) return tl::unexpected(policy.error());
    options.search.policy = *policy;
  }
  options.search.target_rank = arguments.target;
  options.minutes = arguments.minutes;
  options.store = arguments.store;
  if (arguments.store.empty()) {
    options.store = fmt::format("runs/matmul-{}-{}.db", product->format.ToText(), arguments.ring);
  }
  return options;
}

/// Every scheme of the best rank as JSON and as C++.
void WriteFiles(const std::vector<matmul::Scheme>& schemes, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const auto& scheme : schemes) {
    const std::string name = fmt::format("{}-{}-rank{}-{}", scheme.format.ToText(),
                                         matmul::RingName(scheme.ring), scheme.rank(), ++number);
    WriteFileAtomically(folder / (name + ".json"), matmul::SchemeToJson(scheme).dump() + "\n");
    WriteFileAtomically(folder / (name + ".h"), matmul::GenerateCode(scheme));
  }
}

int RunDiscover(const DiscoverArguments& arguments) {
  auto options = Options(arguments);
  if (!options) return Complain(options.error().message);
  InstallStopHandler();
  const auto outcome = env::matmul::Discover(*options, StopRequested());
  if (!outcome) return Complain(outcome.error().message);
  if (!arguments.out.empty()) WriteFiles(outcome->best, arguments.out);
  const auto published = matmul::PublishedRank(options->search.format, options->search.ring);
  if (arguments.json) {
    PrintJson({{"format", options->search.format.ToText()},
               {"ring", arguments.ring},
               {"rank", outcome->rank},
               {"published", published ? Json(*published) : Json()},
               {"schemes", outcome->best.size()},
               {"stored", outcome->stored},
               {"flips", outcome->flips},
               {"seconds", outcome->seconds},
               {"seconds_to_best", outcome->seconds_to_best},
               {"reached_target", outcome->reached_target},
               {"store", options->store.string()}});
  } else {
    std::cout << fmt::format(
        "{} over {}: rank {} (published: {}), {} different schemes, {:.3g} flips in {:.1f} s; {} "
        "improvements in {}\n",
        options->search.format.ToText(), arguments.ring, outcome->rank,
        published ? std::to_string(*published) : "-", outcome->best.size(),
        static_cast<double>(outcome->flips), outcome->seconds, outcome->stored,
        options->store.string());
  }
  const bool missed = arguments.target > 0 && outcome->rank > arguments.target;
  return missed ? kFailed : kDone;
}

}  // namespace

void AddDiscoverCommand(Command app, Context* context) {
  auto arguments = std::make_shared<DiscoverArguments>();
  auto command =
      AddCommand(app, context, "discover", "Look for matrix multiplication schemes of low rank.",
                 [=] { return RunDiscover(*arguments); });
  command.Add("format", arguments->format, "NxMxP, each 1 to 5: 4x4x5.").Required();
  command.Add("--ring", arguments->ring, "Z2, or ternary: -1, 0, 1 over the integers.")
      .ShowDefault();
  command.Add("--store", arguments->store,
              "Keeps every improvement; goes on from its best. Default: "
              "runs/matmul-FORMAT-RING.db");
  command.Add("--out", arguments->out,
              "Writes the best schemes into this folder, as JSON and as C++ headers.");
  command.Add("--minutes", arguments->minutes, "Stop after so many; 0: no limit.")
      .ShowDefault()
      .NotNegative();
  command.Add("--target", arguments->target, "Stop at this rank; exit 1 when it is not reached.")
      .Between(0, 125);
  command.Add("--workers", arguments->workers, "Threads; they do not change the result.")
      .ShowDefault()
      .Between(1, 256);
  command.Add("--walkers", arguments->walkers, "Chains of random walks.")
      .ShowDefault()
      .Between(1, 4096);
  command.Add("--seed", arguments->seed, "Decides every walk.").ShowDefault();
  command
      .Add("--plus-after", arguments->plus_after,
           "Flips before a plus transition. Default: 2000; cyclic: 20000.")
      .Between(1, 1'000'000'000);
  command
      .Add("--band", arguments->band,
           "Plus transitions that walks may climb over their best. Default: 4; cyclic: 2.")
      .Between(1, 32);
  command
      .Add("--stage-effort", arguments->stage_effort,
           "Flips on each smaller format on the way, times the cube of its standard rank.")
      .ShowDefault()
      .Between(0.0, 1e9);
  command
      .Add("--symmetry", arguments->symmetry,
           "cyclic: look among schemes that stay the same when a, b and c trade places in a "
           "circle (square matrices); none; auto: cyclic where it is known to be better.")
      .ShowDefault()
      .OneOf({"auto", "cyclic", "none"});
  command.Add("--flip-policy", arguments->flip_policy,
              "A policy of tesuji learn-flips, which declines some of the flips drawn.");
  command.AddFlag("--no-grow", arguments->no_grow,
                  "Walk in the whole format from the start instead of growing it from 2x2x2.");
  command.AddFlag("--json", arguments->json, "One JSON object.");
  command.Footer("Example: tesuji discover 4x4x4 --target 47 --minutes 15 --out schemes");
}

}  // namespace tesuji::cli
