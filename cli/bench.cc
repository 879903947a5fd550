#include <functional>
#include <utility>

#include "bench/evaluator.h"
#include "bench/playouts.h"
#include "bench/replay.h"
#include "bench/search.h"
#include "bench/selfplay.h"
#include "bench/training.h"
#include "cli/bench_options.h"

namespace tesuji::cli {
namespace {

/// What a benchmark of a network measures.
struct Subject {
  learner::NetworkConfig network;
  std::unique_ptr<const env::Environment> environment;
};

Result<Subject> ReadSubject(const NetworkOption& net, const EnvironmentOption& environment,
                            const env::Registry& registry) {
  const auto network = net.Read();
  if (!network) return tl::unexpected(network.error());
  auto made = environment.Make(registry);
  if (!made) return tl::unexpected(made.error());
  return Subject{.network = *network, .environment = std::move(*made)};
}

void AddEvaluatorBench(Command bench, Context* context) {
  struct Options {
    NetworkOption net;
    EnvironmentOption environment;
    SecondsOption seconds;
    int batch = 32;
  };
  auto options = std::make_shared<Options>();
  auto command = AddBenchmark<Options>(
      bench, context, "evaluator", "Positions a second that one core evaluates.", options,
      [](Options& o, const env::Registry& registry, const bench::ShowFigure& show) -> Status {
        const auto subject = ReadSubject(o.net, o.environment, registry);
        if (!subject) return tl::unexpected(subject.error());
        bench::BenchEvaluator(
            *subject->environment,
            {.network = subject->network, .batch = o.batch, .duration = o.seconds.duration()},
            show);
        return {};
      });
  options->net.AddTo(command);
  options->environment.AddTo(command, context);
  options->seconds.AddTo(command);
  command.Add("--batch", options->batch, "Positions a batch.").ShowDefault().Between(1, 4096);
  command.Footer("Example: tesuji bench evaluator --net b4c64 --board 9");
}

struct SelfplayBenchArguments {
  NetworkOption net;
  EnvironmentOption environment;
  SecondsOption seconds;
  learner::Device device;
  int batch = 32;
  int simulations = 100;
  int workers = 1;
};

void AddSelfplayBenchOptions(Command command, Context* context, SelfplayBenchArguments* options) {
  options->net.AddTo(command);
  options->environment.AddTo(command, context);
  options->seconds.AddTo(command);
  AddDeviceOption(command, &options->device);
  command.Add("--batch", options->batch, "Games a worker plays at once.")
      .ShowDefault()
      .Between(1, 4096);
  command.Add("--simulations", options->simulations, "Simulations a move.")
      .ShowDefault()
      .Between(1, 1000000);
}

Status RunSelfplayBench(const SelfplayBenchArguments& arguments, const env::Registry& registry,
                        const std::function<void(const env::Environment&,
                                                 const bench::SelfplayBenchOptions&)>& measure) {
  const auto subject = ReadSubject(arguments.net, arguments.environment, registry);
  if (!subject) return tl::unexpected(subject.error());
  search::EpisodeOptions episode;
  episode.full.simulations = arguments.simulations;
  auto plan = search::EpisodePlan::Make(episode);
  if (!plan) return tl::unexpected(plan.error());
  bench::SelfplayBenchOptions options{.plan = std::move(*plan)};
  options.network = subject->network;
  options.device = arguments.device;
  options.workers = arguments.workers;
  options.episodes_per_worker = arguments.batch;
  options.duration = arguments.seconds.duration();
  measure(*subject->environment, options);
  return {};
}

void AddSelfplayBench(Command bench, Context* context) {
  auto options = std::make_shared<SelfplayBenchArguments>();
  auto command = AddBenchmark<SelfplayBenchArguments>(
      bench, context, "selfplay", "Self-play against the bare evaluator.", options,
      [](SelfplayBenchArguments& o, const env::Registry& registry, const bench::ShowFigure& show) {
        return RunSelfplayBench(o, registry, [&](const auto& environment, const auto& selfplay) {
          bench::BenchSelfplay(environment, selfplay, show);
        });
      });
  AddSelfplayBenchOptions(command, context, options.get());
  command.Add("--workers", options->workers, "Threads.").ShowDefault().Between(1, 256);
  command.Footer("Example: tesuji bench selfplay --net b4c64 --board 9 --workers 2");
}

void AddWorkersBench(Command bench, Context* context) {
  auto options = std::make_shared<SelfplayBenchArguments>();
  auto command = AddBenchmark<SelfplayBenchArguments>(
      bench, context, "workers", "Self-play with two workers against one.", options,
      [](SelfplayBenchArguments& o, const env::Registry& registry, const bench::ShowFigure& show) {
        return RunSelfplayBench(o, registry, [&](const auto& environment, const auto& selfplay) {
          bench::BenchWorkers(environment, selfplay, show);
        });
      });
  AddSelfplayBenchOptions(command, context, options.get());
  command.Footer("Example: tesuji bench workers --net b2c32");
}

void AddSearchBench(Command bench, Context* context) {
  struct Options {
    EnvironmentOption environment;
    SecondsOption seconds;
    int simulations = 100;
  };
  auto options = std::make_shared<Options>();
  auto command = AddBenchmark<Options>(
      bench, context, "search", "What the search costs when evaluations are free.", options,
      [](Options& o, const env::Registry& registry, const bench::ShowFigure& show) -> Status {
        const auto environment = o.environment.Make(registry);
        if (!environment) return tl::unexpected(environment.error());
        bench::SearchBenchOptions search;
        search.search.simulations = o.simulations;
        search.duration = o.seconds.duration();
        bench::BenchSearch(**environment, search, show);
        return {};
      });
  options->environment.AddTo(command, context);
  options->seconds.AddTo(command);
  command.Add("--simulations", options->simulations, "Simulations a move.")
      .ShowDefault()
      .Between(1, 1000000);
  command.Footer("Example: tesuji bench search --env connect4 --simulations 400");
}

void AddReplayBench(Command bench, Context* context) {
  struct Options {
    EnvironmentOption environment;
    SecondsOption seconds;
  };
  auto options = std::make_shared<Options>();
  auto command = AddBenchmark<Options>(
      bench, context, "replay", "Episodes a second that are found to be sound.", options,
      [](Options& o, const env::Registry& registry, const bench::ShowFigure& show) -> Status {
        const auto environment = o.environment.Make(registry);
        if (!environment) return tl::unexpected(environment.error());
        bench::BenchReplay(**environment, {.duration = o.seconds.duration()}, show);
        return {};
      });
  options->environment.AddTo(command, context);
  options->seconds.AddTo(command);
  command.Footer("Example: tesuji bench replay --env 2048");
}

void AddTrainingBench(Command bench, Context* context) {
  struct Options {
    NetworkOption net;
    EnvironmentOption environment;
    SecondsOption seconds;
    learner::Device device;
  };
  auto options = std::make_shared<Options>();
  auto command = AddBenchmark<Options>(
      bench, context, "training", "Rows a second that one core trains on.", options,
      [](Options& o, const env::Registry& registry, const bench::ShowFigure& show) -> Status {
        const auto subject = ReadSubject(o.net, o.environment, registry);
        if (!subject) return tl::unexpected(subject.error());
        return bench::BenchTraining(
            *subject->environment,
            {.network = subject->network, .device = o.device, .duration = o.seconds.duration()},
            show);
      });
  options->net.AddTo(command);
  options->environment.AddTo(command, context);
  options->seconds.AddTo(command);
  AddDeviceOption(command, &options->device);
  command.Footer("Example: tesuji bench training --net b4c64");
}

void AddPlayoutsBench(Command bench, Context* context) {
  struct Options {
    SecondsOption seconds;
    int board = 9;
  };
  auto options = std::make_shared<Options>();
  auto command = AddBenchmark<Options>(
      bench, context, "playouts", "Random playouts of Go.", options,
      [](Options& o, const env::Registry&, const bench::ShowFigure& show) -> Status {
        bench::BenchPlayouts(o.board, o.seconds.duration(), show);
        return {};
      });
  options->seconds.AddTo(command);
  command.Add("--board", options->board, "Board size.").ShowDefault().Between(2, 19);
  command.Footer("Example: tesuji bench playouts --board 19");
}

}  // namespace

void AddBenchCommand(Command app, Context* context) {
  const Command bench = app.AddGroup("bench", "The project's own benchmarks.");
  AddEvaluatorBench(bench, context);
  AddSelfplayBench(bench, context);
  AddWorkersBench(bench, context);
  AddPlayoutsBench(bench, context);
  AddSearchBench(bench, context);
  AddReplayBench(bench, context);
  AddTrainingBench(bench, context);
  AddFamilyBenchmarks(bench, context);
}

}  // namespace tesuji::cli
