#include "env/program/enumeration_producer.h"

#include <utility>
#include <vector>

#include "env/program/evaluation.h"
#include "env/program/guide/dream_rows.h"
#include "env/program/guide/program_guide.h"
#include "env/program/program_environment.h"
#include "env/program/settings.h"
#include "env/program/worker.h"

namespace tesuji::env::program {
namespace {

class EnumerationProducer final : public Producer {
 public:
  EnumerationProducer(const ProgramEnvironment& environment, const ProducerSetup& setup,
                      std::vector<ProgramTask> tasks)
      : environment_(environment),
        programs_(ReadPrograms(setup.settings)),
        search_settings_(setup.settings),
        tasks_(std::move(tasks)),
        curriculum_(programs_.first_nodes, environment.options().dream_nodes) {
    search_settings_.erase("evaluation_tasks");
    // No key any more, and still a part of what made an episode: hashes stay what they were.
    search_settings_["first_nodes"] = programs_.first_nodes;
  }

  Result<std::unique_ptr<ProducerWorker>> MakeWorker(int index, ProducerHost* host) override {
    ProgramWorker::Options options;
    options.environment = &environment_;
    options.programs = programs_;
    options.search_settings = search_settings_;
    options.curriculum = &curriculum_;
    options.forbidden = &tasks_;
    options.lane = static_cast<unsigned>(index);
    options.host = host;
    return ProgramWorker::Make(std::move(options));
  }

  MixedRows TeachFrom(const TrainingRows& stored) override {
    if (programs_.dream_share <= 0) return {};
    DreamRowsOptions dreams;
    dreams.share = programs_.dream_share;
    dreams.max_nodes = environment_.options().dream_nodes;
    return {.rows = std::make_unique<DreamRows>(stored, environment_, &tasks_, dreams),
            .stored_share = 1 - dreams.share};
  }

  std::vector<Figure> Score(const Policy& policy, const std::function<bool()>& stop) override {
    return EvaluatePrograms(tasks_, PolicyGuide(policy).get(), programs_, stop);
  }

 private:
  const ProgramEnvironment& environment_;
  const ProgramsSection programs_;
  Json search_settings_;
  const std::vector<ProgramTask> tasks_;  ///< Score checkpoints, never teach.
  Curriculum curriculum_;
};

Result<std::unique_ptr<Producer>> Make(const ProducerSetup& setup) {
  // The registry made it under the id "program".
  const auto& environment = dynamic_cast<const ProgramEnvironment&>(*setup.environment);
  auto tasks = EvaluationTasks(ReadPrograms(setup.settings), environment.options().dream_nodes,
                               setup.campaign_seed);
  if (!tasks) return tl::unexpected(tasks.error());
  return std::make_unique<EnumerationProducer>(environment, setup, std::move(*tasks));
}

}  // namespace

ProducerFactory EnumerationFactory() {
  ProducerFactory factory;
  factory.environment = "program";
  factory.section = "programs";
  factory.summary = "Tasks that the campaign sets itself, solved by enumeration";
  factory.parameters = ProgramsParameters();
  factory.chosen_by = "enumerate";
  factory.former_keys = {
      {"first_nodes", "every campaign begins with tasks of 5 productions; remove the line"}};
  factory.make = Make;
  return factory;
}

}  // namespace tesuji::env::program
