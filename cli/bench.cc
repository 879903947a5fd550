#include "learner/bench.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iostream>
#include <optional>

#include "bench/dataset.h"
#include "bench/judge.h"
#include "bench/matmul.h"
#include "bench/programs.h"
#include "bench/search.h"
#include "bench/selfplay.h"
#include "campaign/data_value.h"
#include "campaign/progress.h"
#include "cli/command.h"
#include "cli/matmul.h"
#include "core/config.h"
#include "env/go/go_environment.h"
#include "env/go/playout.h"
#include "env/matmul/learn_flips.h"

namespace tesuji::cli {
namespace {

struct BenchArguments {
  std::string name;
  std::string net = "b4c64";
  std::string environment = "go";
  int board = 9;
  int batch = 32;
  int simulations = 100;
  int workers = 1;
  double seconds = 5;
  std::string store;
  std::string dataset;
  std::uint64_t seed = 1;
  std::int64_t steps = 400;
  std::string format = "4x4x4";
  std::string ring = "Z2";
  std::string flip_policy;
  int target = 47;
  int seeds = 10;
  double most_flips = 2e9;
  bool no_grow = false;
  bool json = false;
};

/// One figure, with what it is measured against where there is something.
struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::optional<double> reference;
  std::string reference_name;
};

void Print(const Figure& figure, bool json) {
  Json line = {{"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}};
  std::string text = fmt::format("{:<34} {:>14.4g} {}", figure.name, figure.value, figure.unit);
  if (figure.reference) {
    const double ratio = figure.value / *figure.reference;
    line["reference"] = *figure.reference;
    line["reference_name"] = figure.reference_name;
    line["ratio"] = ratio;
    text += fmt::format("   {:.3f} x {} ({:.4g})", ratio, figure.reference_name, *figure.reference);
  }
  if (json) {
    PrintJson(line);
  } else {
    std::cout << text << std::endl;
  }
}

std::chrono::milliseconds Duration(const BenchArguments& arguments) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(arguments.seconds * 1000));
}

Result<learner::NetworkConfig> ParseNet(const std::string& net) {
  learner::NetworkConfig config;
  const char* at = net.data();
  const char* const end = at + net.size();
  const auto read = [&](char letter, int* number) {
    if (at == end || *at != letter) return false;
    const auto parsed = std::from_chars(at + 1, end, *number);
    at = parsed.ptr;
    return parsed.ec == std::errc();
  };
  if (!read('b', &config.blocks) || !read('c', &config.channels) || at != end ||
      config.blocks > 999 || config.channels > 9999) {
    return Fail(fmt::format("--net {}: expected bBLOCKScCHANNELS, such as b4c64", net));
  }
  if (config.blocks < 1 || config.channels < 4) {
    return Fail(fmt::format("--net {}: needs at least one block and four channels", net));
  }
  return config;
}

Result<std::unique_ptr<const env::Environment>> MakeEnvironment(const BenchArguments& arguments,
                                                                const env::Registry& registry) {
  Json parameters = Json::object();
  if (arguments.environment == "go") parameters["size"] = arguments.board;
  return registry.Make(arguments.environment, parameters);
}

bench::SelfplayBenchOptions SelfplayOptions(const BenchArguments& arguments,
                                            const learner::NetworkConfig& net) {
  bench::SelfplayBenchOptions options;
  options.network = net;
  options.episode.full.simulations = arguments.simulations;
  options.workers = arguments.workers;
  options.episodes_per_worker = arguments.batch;
  options.duration = Duration(arguments);
  return options;
}

void BenchEvaluator(const BenchArguments& arguments, const env::Environment& environment,
                    const learner::NetworkConfig& net) {
  learner::EvaluatorBenchOptions options;
  options.network = net;
  options.batch = arguments.batch;
  options.duration = Duration(arguments);
  const auto result = learner::BenchEvaluator(environment, options);
  Print({"evaluator positions", result.positions_per_second, "positions/s", {}, {}},
        arguments.json);
  Print({"evaluator convolutions", result.gflops, "GFLOP/s per core", result.bare_gflops,
         "bare 3x3 convolutions"},
        arguments.json);
}

void BenchSelfplay(const BenchArguments& arguments, const env::Environment& environment,
                   const learner::NetworkConfig& net) {
  const auto options = SelfplayOptions(arguments, net);
  const double bare = bench::BenchBareEvaluator(environment, options);
  const auto result = bench::BenchSelfplay(environment, options);
  Print({"self-play evaluations", result.evaluations_per_second, "evaluations/s", bare,
         "bare evaluator"},
        arguments.json);
  Print({"self-play moves", result.actions_per_second, "moves/s", {}, {}}, arguments.json);
  Print({"self-play games", result.episodes_per_second, "games/s", {}, {}}, arguments.json);
  Print({"self-play mean batch", result.mean_batch, "positions", {}, {}}, arguments.json);
}

void BenchWorkers(const BenchArguments& arguments, const env::Environment& environment,
                  const learner::NetworkConfig& net) {
  auto options = SelfplayOptions(arguments, net);
  options.workers = 1;
  const auto one = bench::BenchSelfplay(environment, options);
  options.workers = 2;
  const auto two = bench::BenchSelfplay(environment, options);
  Print({"self-play with 2 workers", two.evaluations_per_second, "evaluations/s",
         one.evaluations_per_second, "1 worker"},
        arguments.json);
}

void BenchPlayouts(const BenchArguments& arguments) {
  env::go::Rules rules;
  rules.width = arguments.board;
  rules.height = arguments.board;
  const auto speed = env::go::PlayoutsPerSecond(rules, Duration(arguments), 1);
  Print({"random playouts", speed.per_second(), "playouts/s per core", {}, {}}, arguments.json);
  Print({"moves a playout", speed.moves_per_playout, "moves", {}, {}}, arguments.json);
}

void BenchSearch(const BenchArguments& arguments, const env::Environment& environment) {
  bench::SearchBenchOptions options;
  options.search.simulations = arguments.simulations;
  options.duration = Duration(arguments);
  const auto result = bench::BenchSearchOverhead(environment, options);
  Print({"search with a free evaluator", result.simulations_per_second, "simulations/s", {}, {}},
        arguments.json);
}

void BenchTraining(const BenchArguments& arguments, const env::Environment& environment,
                   const learner::NetworkConfig& net) {
  learner::TrainerBenchOptions options;
  options.trainer.network = net;
  options.duration = Duration(arguments);
  const auto result = learner::BenchTrainer(environment, options);
  Print({"training", result.rows_per_second, "rows/s per core", {}, {}}, arguments.json);
}

int BenchMatmul(const BenchArguments& arguments) {
  const auto product = ReadProduct(arguments.format, arguments.ring, "--format");
  if (!product) return Complain(product.error().message);
  const auto speed = bench::BenchWalk(product->format, product->ring, Duration(arguments), 1);
  Print(
      {fmt::format("flips of {} over {}", arguments.format, arguments.ring), speed.flips_per_second,
       "flips/s per core", speed.reference_per_second, "dependent reads of 64 KiB"},
      arguments.json);
  if (speed.refused_fraction > 0) {
    Print({"flips that left the ring", speed.refused_fraction, "of all", {}, {}}, arguments.json);
  }
  return kDone;
}

/// The learned policy against the walk that makes every flip, seed by seed.
int BenchFlips(const BenchArguments& arguments) {
  const auto product = ReadProduct(arguments.format, arguments.ring, "--format");
  if (!product) return Complain(product.error().message);
  if (arguments.flip_policy.empty()) {
    return Complain("flips: expected --flip-policy FILE, which tesuji learn-flips writes");
  }
  const auto policy = ReadFlipPolicy(arguments.flip_policy);
  if (!policy) return Complain("--flip-policy: " + policy.error().message);
  auto options = env::matmul::MeasuredOptions(product->format, product->ring, false);
  options.seed = arguments.seed;
  options.workers = arguments.workers;
  options.target_rank = arguments.target;
  options.max_flips = static_cast<std::int64_t>(arguments.most_flips);
  options.grow = !arguments.no_grow;
  campaign::ProgressLine progress;
  const auto compared = env::matmul::CompareFlips(options, arguments.seeds, *policy, [&](int done) {
    progress.Show(fmt::format("{} of {} seeds searched both ways", done, arguments.seeds));
  });
  if (!compared) return Complain(compared.error().message);
  // What a find costs when every search that failed is paid for too.
  struct Cost {
    int found = 0;
    double flips = 0;
    double seconds = 0;
    double PerFind(double all) const { return found > 0 ? all / found : HUGE_VAL; }
  };
  const auto sum = [](const std::vector<env::matmul::FlipTrial>& trials) {
    Cost cost;
    for (const auto& trial : trials) {
      cost.found += trial.reached ? 1 : 0;
      cost.flips += static_cast<double>(trial.flips);
      cost.seconds += trial.seconds;
    }
    return cost;
  };
  const Cost uniform = sum(compared->uniform);
  const Cost learned = sum(compared->learned);
  const auto seeds = fmt::format("of {} seeds", arguments.seeds);
  Print({"found with the policy", static_cast<double>(learned.found), seeds,
         static_cast<double>(uniform.found), "without"},
        arguments.json);
  Print({"flips a find", learned.PerFind(learned.flips), "flips", uniform.PerFind(uniform.flips),
         "without"},
        arguments.json);
  Print({"seconds a find", learned.PerFind(learned.seconds), "s", uniform.PerFind(uniform.seconds),
         "without"},
        arguments.json);
  return kDone;
}

int BenchSandboxJudge(const BenchArguments& arguments) {
  const auto show = [&](const bench::BenchFigure& figure) {
    const auto reference =
        figure.reference > 0 ? std::optional<double>(figure.reference) : std::nullopt;
    Print({figure.name, figure.value, figure.unit, reference, figure.reference_name},
          arguments.json);
  };
  const Status done = bench::BenchJudge({}, show);
  return done ? kDone : Complain(done.error().message, kMachine);
}

int BenchDataValue(const BenchArguments& arguments, const learner::NetworkConfig& net,
                   const env::Registry& registry) {
  if (arguments.store.empty() || arguments.dataset.empty()) {
    return Complain("bench data: name --store and the --dataset that was made of it");
  }
  campaign::DataValueOptions options;
  options.store = arguments.store;
  options.dataset = arguments.dataset;
  options.seed = arguments.seed;
  options.network = net;
  options.steps = arguments.steps;
  const auto value = campaign::MeasureDataValue(options, registry);
  if (!value) return Complain(value.error().message);
  Print({"uniform play", value->uniform_bits, "bits/move", {}, {}}, arguments.json);
  Print({"trained on curated rows", value->curated_bits, "bits/move", value->raw_bits,
         "as many raw rows"},
        arguments.json);
  Print({"curated rows", static_cast<double>(value->rows), "rows",
         static_cast<double>(value->raw_rows), "raw rows"},
        arguments.json);
  Print({"held-out moves", static_cast<double>(value->heldout_moves), "moves", {}, {}},
        arguments.json);
  return kDone;
}

int BenchDatasets(const BenchArguments& arguments, const env::Registry& registry) {
  bench::ExportBenchOptions options;
  options.board = arguments.board;
  options.threads = arguments.workers;
  const Status done = bench::BenchExport(options, registry, [&](const bench::ExportFigure& figure) {
    const auto reference =
        figure.reference > 0 ? std::optional<double>(figure.reference) : std::nullopt;
    Print({figure.name, figure.value, figure.unit, reference, figure.reference_name},
          arguments.json);
  });
  return done ? kDone : Complain(done.error().message, kMachine);
}

void BenchProgramSearch(const BenchArguments& arguments) {
  const auto result = bench::BenchPrograms(Duration(arguments));
  Print({"program candidates on 8 examples", result.candidates_per_second, "candidates/s per core",
         result.runs_per_second, "programs run afresh on 8 examples"},
        arguments.json);
}

int Bench(const BenchArguments& arguments, const env::Registry& registry) {
  if (arguments.board < 2 || arguments.board > 19) {
    return Complain(fmt::format("--board {}: expected 2 to 19", arguments.board));
  }
  if (arguments.name == "judge") return BenchSandboxJudge(arguments);
  if (arguments.name == "export") return BenchDatasets(arguments, registry);
  if (arguments.name == "programs") {
    BenchProgramSearch(arguments);
    return kDone;
  }
  if (arguments.name == "matmul") return BenchMatmul(arguments);
  if (arguments.name == "flips") return BenchFlips(arguments);
  if (arguments.name == "playouts") {
    BenchPlayouts(arguments);
    return kDone;
  }
  auto net = ParseNet(arguments.net);
  if (!net) return Complain(net.error().message);
  auto environment = MakeEnvironment(arguments, registry);
  if (!environment) return Complain("--env: " + environment.error().message);
  if (arguments.name == "data") return BenchDataValue(arguments, *net, registry);
  if (arguments.name == "evaluator") BenchEvaluator(arguments, **environment, *net);
  if (arguments.name == "selfplay") BenchSelfplay(arguments, **environment, *net);
  if (arguments.name == "workers") BenchWorkers(arguments, **environment, *net);
  if (arguments.name == "search") BenchSearch(arguments, **environment);
  if (arguments.name == "training") BenchTraining(arguments, **environment, *net);
  return kDone;
}

}  // namespace

void AddBenchCommand(Command app, Context* context) {
  auto arguments = std::make_shared<BenchArguments>();
  auto command = AddCommand(app, context, "bench", "The project's own benchmarks.",
                            [=] { return Bench(*arguments, context->registry); });
  command.Add("name", arguments->name, "Which benchmark.")
      .Required()
      .OneOf({"evaluator", "selfplay", "workers", "playouts", "search", "training", "judge",
              "export", "data", "programs", "matmul", "flips"});
  command.Add("--net", arguments->net, "Network: bBLOCKScCHANNELS.").ShowDefault();
  command.Add("--env", arguments->environment, "Environment.").ShowDefault();
  command.Add("--board", arguments->board, "Board size for Go.").ShowDefault();
  command.Add("--batch", arguments->batch, "Positions a batch, games a worker.")
      .ShowDefault()
      .Between(1, 4096);
  command.Add("--format", arguments->format, "Of matmul and flips: NxMxP.").ShowDefault();
  command.Add("--ring", arguments->ring, "Of matmul and flips: Z2 or ternary.").ShowDefault();
  command.Add("--flip-policy", arguments->flip_policy,
              "For flips: the policy (tesuji learn-flips).");
  command.Add("--target", arguments->target, "For flips: the rank to find.")
      .ShowDefault()
      .Between(1, 125);
  command.Add("--seeds", arguments->seeds, "For flips: searches each way.")
      .ShowDefault()
      .Between(1, 10'000);
  command.Add("--most-flips", arguments->most_flips, "For flips: of one search.")
      .ShowDefault()
      .Between(1e3, 1e15);
  command.AddFlag("--no-grow", arguments->no_grow,
                  "For flips: walk in the whole format from the start.");
  command.Add("--simulations", arguments->simulations, "Simulations a move.")
      .ShowDefault()
      .Between(1, 1000000);
  command.Add("--workers", arguments->workers, "Threads.").ShowDefault().Between(1, 256);
  command.Add("--seconds", arguments->seconds, "Of each measurement.")
      .ShowDefault()
      .Between(0.1, 3600.0);
  command.Add("--store", arguments->store, "For data: the store a dataset was made of.");
  command.Add("--dataset", arguments->dataset, "For data: that dataset's folder.");
  command.Add("--seed", arguments->seed, "For data: of weights and batches; for flips: the first.")
      .ShowDefault();
  command.Add("--steps", arguments->steps, "For data: training steps of each network.")
      .ShowDefault()
      .Between(1, 1'000'000);
  AddPluginOption(command, context);
  command.AddFlag("--json", arguments->json, "One JSON object a line.");
  command.Footer("Example: tesuji bench evaluator --net b4c64 --board 9");
}

}  // namespace tesuji::cli
