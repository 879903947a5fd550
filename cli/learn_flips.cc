#include "env/matmul/learn_flips.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>

#include "campaign/progress.h"
#include "cli/command.h"
#include "cli/matmul.h"
#include "core/files.h"

namespace tesuji::cli {
namespace {

namespace matmul = env::matmul;

struct LearnFlipsArguments {
  std::string format = "3x3x4";
  std::string ring = "Z2";
  std::string out = "flip-policy.json";
  matmul::LearnFlipsOptions options;
};

/// Shows walks and generations until it returns.
Result<matmul::LearnedFlips> Learn(matmul::LearnFlipsOptions options) {
  campaign::ProgressLine progress;
  options.stop = [] { return StopRequested().load(); };
  options.walked = [&](int done, int all) {
    progress.Show(fmt::format("{} of {} walks", done, all));
  };
  int number = 0;
  return matmul::LearnFlips(options, [&](const matmul::FlipGeneration& generation) {
    progress.Announce(
        fmt::format("generation {}: geometric mean {:.3g} flips unbiased, {:.3g} by the best "
                    "(ones {}, pairs {}); learned so far: ones {}, pairs {}",
                    ++number, std::exp(generation.uniform), std::exp(generation.best),
                    generation.best_policy.ones, generation.best_policy.pairs, generation.mean.ones,
                    generation.mean.pairs));
  });
}

int RunLearnFlips(const LearnFlipsArguments& arguments) {
  matmul::LearnFlipsOptions options = arguments.options;
  const auto product = ReadProduct(arguments.format, arguments.ring, "");
  if (!product) return Complain(product.error().message);
  options.format = product->format;
  options.ring = product->ring;
  InstallStopHandler();
  const auto learned = Learn(options);
  if (!learned) return Complain(learned.error().message);
  if (learned->generations.empty()) {
    return Complain("stopped before the first generation was done: nothing learned", kFailed);
  }
  const std::filesystem::path out = arguments.out;
  std::error_code ignored;
  if (out.has_parent_path()) std::filesystem::create_directories(out.parent_path(), ignored);
  WriteFileAtomically(out, matmul::FlipPolicyToJson(options, *learned).dump(2) + "\n");
  std::cout << fmt::format("{}: ones {}, pairs {}\n", arguments.out, learned->policy.ones,
                           learned->policy.pairs);
  return kDone;
}

}  // namespace

void AddLearnFlipsCommand(Command app, Context* context) {
  auto arguments = std::make_shared<LearnFlipsArguments>();
  auto& options = arguments->options;
  auto command = AddCommand(app, context, "learn-flips",
                            "Learn which flips of matrix multiplication schemes to try.",
                            [=] { return RunLearnFlips(*arguments); });
  command.Add("format", arguments->format, "NxMxP to learn on: a small one.").ShowDefault();
  command.Add("--target", options.target_rank, "The rank that walks look for.")
      .ShowDefault()
      .Between(1, 125);
  command.Add("--ring", arguments->ring, "Z2, or ternary.").ShowDefault();
  command.Add("--out", arguments->out, "Where the policy goes.").ShowDefault();
  command.Add("--generations", options.generations, "Generations of the cross-entropy method.")
      .ShowDefault()
      .Between(1, 1000);
  command.Add("--population", options.population, "Policies in a generation.")
      .ShowDefault()
      .Between(4, 1000);
  command.Add("--walks", options.walks, "Walks of each policy.").ShowDefault().Between(1, 100'000);
  command.Add("--walk-flips", options.walk_flips, "Flips after which a walk has failed.")
      .ShowDefault()
      .Between(1, 2'000'000'000);
  command.Add("--workers", options.workers, "Threads; they do not change the result.")
      .ShowDefault()
      .Between(1, 256);
  command.Add("--seed", options.seed, "Decides every draw.").ShowDefault();
  command.Footer(
      "Example: tesuji learn-flips 3x3x4 --target 29, then tesuji bench flips --format 3x4x4 "
      "--target 38 --flip-policy flip-policy.json");
}

}  // namespace tesuji::cli
