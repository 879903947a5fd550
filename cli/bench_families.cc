#include <fmt/format.h>

#include "bench/data.h"
#include "bench/export.h"
#include "bench/flips.h"
#include "bench/judge.h"
#include "bench/matmul.h"
#include "bench/programs.h"
#include "bench/serve.h"
#include "campaign/progress.h"
#include "cli/bench_options.h"
#include "cli/matmul.h"
#include "env/matmul/flip_settings.h"

namespace tesuji::cli {
namespace {

void AddJudgeBench(Command bench, Context* context) {
  auto options = std::make_shared<bench::JudgeBenchOptions>();
  auto command = AddBenchmark<bench::JudgeBenchOptions>(
      bench, context, "judge", "Sandboxed runs and judgements against plain ones.", options,
      [](bench::JudgeBenchOptions& o, const env::Registry&, const bench::ShowFigure& show) {
        return bench::BenchJudge(o, show);
      },
      kMachine);
  command.Footer("Example: tesuji bench judge --json");
}

void AddServeBench(Command bench, Context* context) {
  struct Options {
    bench::ServeBenchOptions serve;
    SecondsOption seconds;
  };
  auto options = std::make_shared<Options>();
  auto command = AddBenchmark<Options>(
      bench, context, "serve", "The judge as a service against the bare judge.", options,
      [](Options& o, const env::Registry&, const bench::ShowFigure& show) {
        o.serve.duration = o.seconds.duration();
        return bench::BenchServe(o.serve, show);
      },
      kMachine);
  options->seconds.AddTo(command);
  command.Add("--clients", options->serve.clients, "Clients at once, where there are many.")
      .ShowDefault()
      .Between(1, 10000);
  command.Add("--workers", options->serve.workers, "Judging lanes; 0: one a processor.")
      .Between(0, 1024);
  command.Footer("Example: tesuji bench serve --clients 128 --json");
}

void AddExportBench(Command bench, Context* context) {
  auto options = std::make_shared<bench::ExportBenchOptions>();
  auto command = AddBenchmark<bench::ExportBenchOptions>(
      bench, context, "export", "Rows a second from a store into files.", options,
      [](bench::ExportBenchOptions& o, const env::Registry& registry,
         const bench::ShowFigure& show) { return bench::BenchExport(o, registry, show); },
      kMachine);
  command.Add("--board", options->board, "Board size of the games.").ShowDefault().Between(2, 19);
  command.Add("--workers", options->threads, "Threads.").ShowDefault().Between(1, 256);
  command.Footer("Example: tesuji bench export --workers 2");
}

void AddDataBench(Command bench, Context* context) {
  struct Options {
    NetworkOption net;
    bench::DataBenchOptions data;
  };
  auto options = std::make_shared<Options>();
  auto command = AddBenchmark<Options>(
      bench, context, "data", "What curation is worth: a network trained on either kind of rows.",
      options, [](Options& o, const env::Registry& registry, const bench::ShowFigure& show) {
        const auto net = o.net.Read();
        if (!net) return Status(tl::unexpected(net.error()));
        o.data.network = *net;
        return bench::BenchData(o.data, registry, show);
      });
  command.Add("--store", options->data.store, "The store that the dataset was made of.").Required();
  command.Add("--dataset", options->data.dataset, "That dataset's folder.").Required();
  options->net.AddTo(command);
  AddDeviceOption(command, &options->data.device);
  command.Add("--steps", options->data.steps, "Training steps of each network.")
      .ShowDefault()
      .Between(1, 1'000'000);
  command.Add("--seed", options->data.seed, "Seed of weights and batches.").ShowDefault();
  AddPluginOption(command, context);
  command.Footer("Example: tesuji bench data --store runs/go9.db --dataset data/go9-strong");
}

void AddProgramsBench(Command bench, Context* context) {
  auto options = std::make_shared<SecondsOption>();
  auto command = AddBenchmark<SecondsOption>(
      bench, context, "programs", "Programs enumerated a second.", options,
      [](SecondsOption& o, const env::Registry&, const bench::ShowFigure& show) -> Status {
        bench::BenchPrograms(o.duration(), show);
        return {};
      });
  options->AddTo(command);
  command.Footer("Example: tesuji bench programs --seconds 10");
}

void AddMatmulBench(Command bench, Context* context) {
  struct Options {
    ProductOption product;
    SecondsOption seconds;
  };
  auto options = std::make_shared<Options>();
  auto command = AddBenchmark<Options>(
      bench, context, "matmul", "Flips a second of schemes of matrix multiplication.", options,
      [](Options& o, const env::Registry&, const bench::ShowFigure& show) -> Status {
        const auto product = ReadProduct(o.product.format, o.product.ring, "--format");
        if (!product) return tl::unexpected(product.error());
        bench::BenchMatmul(
            {.format = product->format, .ring = product->ring, .duration = o.seconds.duration()},
            show);
        return {};
      });
  options->product.AddTo(command);
  options->seconds.AddTo(command);
  command.Footer("Example: tesuji bench matmul --format 5x5x5 --ring ternary");
}

struct FlipsBenchArguments {
  ProductOption product;
  std::string policy;
  int target = 47;
  int seeds = 10;
  double most_flips = 2e9;
  bool no_grow = false;
  int workers = 1;
  std::uint64_t seed = 1;
};

Status RunFlipsBench(FlipsBenchArguments& arguments, const env::Registry& /*registry*/,
                     const bench::ShowFigure& show) {
  const auto product = ReadProduct(arguments.product.format, arguments.product.ring, "--format");
  if (!product) return tl::unexpected(product.error());
  const auto policy = env::matmul::ReadFlipPolicy(arguments.policy);
  if (!policy) return Fail("--flip-policy: " + policy.error().message);
  bench::FlipsBenchOptions options;
  options.search = env::matmul::MeasuredOptions(product->format, product->ring, false);
  options.search.seed = arguments.seed;
  options.search.workers = arguments.workers;
  options.search.target_rank = arguments.target;
  options.search.max_flips = static_cast<std::int64_t>(arguments.most_flips);
  options.search.grow = !arguments.no_grow;
  options.policy = *policy;
  options.seeds = arguments.seeds;
  campaign::ProgressLine progress;
  options.progress = [&](int done) {
    progress.Show(fmt::format("{} of {} seeds searched both ways", done, arguments.seeds));
  };
  return bench::BenchFlips(options, show);
}

void AddFlipsBench(Command bench, Context* context) {
  auto options = std::make_shared<FlipsBenchArguments>();
  auto command = AddBenchmark<FlipsBenchArguments>(
      bench, context, "flips", "A learned flip policy against none, seed by seed.", options,
      RunFlipsBench);
  options->product.AddTo(command);
  command.Add("--flip-policy", options->policy, "The policy (tesuji learn-flips).").Required();
  command.Add("--target", options->target, "The rank to find.").ShowDefault().Between(1, 125);
  command.Add("--seeds", options->seeds, "Searches each way.").ShowDefault().Between(1, 10'000);
  command.Add("--seed", options->seed, "Seed of the first search.").ShowDefault();
  command.Add("--most-flips", options->most_flips, "Most flips of one search.")
      .ShowDefault()
      .Between(1e3, 1e15);
  command.AddFlag("--no-grow", options->no_grow, "Walk in the whole format from the start.");
  command.Add("--workers", options->workers, "Threads.").ShowDefault().Between(1, 256);
  command.Footer("Example: tesuji bench flips --format 3x4x4 --target 38 --flip-policy flips.json");
}

}  // namespace

void AddFamilyBenchmarks(Command bench, Context* context) {
  AddJudgeBench(bench, context);
  AddServeBench(bench, context);
  AddExportBench(bench, context);
  AddDataBench(bench, context);
  AddProgramsBench(bench, context);
  AddMatmulBench(bench, context);
  AddFlipsBench(bench, context);
}

}  // namespace tesuji::cli
