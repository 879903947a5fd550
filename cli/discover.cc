#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <utility>

#include "cli/command.h"
#include "cli/matmul.h"
#include "core/files.h"
#include "env/matmul/codegen.h"
#include "env/matmul/discovery.h"
#include "env/matmul/flip_settings.h"

namespace tesuji::cli {
namespace {

namespace matmul = env::matmul;

struct DiscoverArguments {
  std::string format;
  std::string ring = "Z2";
  std::string store;
  std::string out;
  double minutes = 10;
  int workers = 2;
  std::uint64_t seed = 1;
  matmul::FlipsSection flips;
  bool no_grow = false;
  bool json = false;
};

Result<matmul::DiscoveryOptions> Options(const DiscoverArguments& arguments) {
  const auto product = ReadProduct(arguments.format, arguments.ring, "");
  if (!product) return tl::unexpected(product.error());
  matmul::FlipsSection flips = arguments.flips;
  flips.grow = !arguments.no_grow;
  auto search = matmul::OptionsOf(flips, product->format, product->ring);
  if (!search) return tl::unexpected(search.error());
  search->seed = arguments.seed;
  search->workers = arguments.workers;
  matmul::DiscoveryOptions options;
  options.search = std::move(*search);
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
  const auto outcome = matmul::Discover(*options, StopRequested());
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
  const bool missed =
      arguments.flips.target_rank > 0 && outcome->rank > arguments.flips.target_rank;
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
  command.Add("--workers", arguments->workers, "Threads; they do not change the result.")
      .ShowDefault()
      .Between(1, 256);
  command.Add("--seed", arguments->seed, "Decides every walk.").ShowDefault();
  command
      .Add("--target", arguments->flips.target_rank,
           "Stop at this rank; exit 1 when it is not reached.")
      .Between(0, 125);
  SettingsTable table;
  matmul::Describe(&table, &arguments->flips);
  for (const auto& [option, key] :
       {std::pair{"--walkers", "walkers"}, std::pair{"--plus-after", "plus_after"},
        std::pair{"--band", "band"}, std::pair{"--stage-effort", "stage_effort"},
        std::pair{"--symmetry", "symmetry"}, std::pair{"--flip-policy", "policy"}}) {
    command.AddSetting(option, *table.Find("flips", key));
  }
  command.AddFlag("--no-grow", arguments->no_grow,
                  "Walk in the whole format from the start instead of growing it from 2x2x2.");
  command.AddFlag("--json", arguments->json, "One JSON object.");
  command.Footer("Example: tesuji discover 4x4x4 --target 47 --minutes 15 --out schemes");
}

}  // namespace tesuji::cli
