// Where the weights of a program search come from: the uniform grammar, how often each production
// was used so far, or a network that looks at the task's examples.
// Thread-safety: a guide belongs to one thread at a time; make one for each.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/producer.h"
#include "api/registry.h"
#include "core/result.h"
#include "env/program/enumerate/weights.h"
#include "env/program/program_environment.h"
#include "learner/model.h"
#include "storage/store.h"

namespace tesuji::env::program {

class ProgramGuide {
 public:
  virtual ~ProgramGuide() = default;
  virtual enumerate::PlaceWeights Weights(const ProgramTask& task) = 0;
  /// "uniform", "unigram", or a checkpoint's hash; goes into provenance.
  virtual std::string name() const = 0;
  enumerate::Costs CostsFor(const ProgramTask& task) {
    return enumerate::Costs(Weights(task), task.EmptyProgram().vocabulary());
  }
};

std::unique_ptr<ProgramGuide> UniformGuide();
/// Each production weighs as often as it occurs in `counts` (kOps), plus one half.
std::unique_ptr<ProgramGuide> UnigramGuide(std::vector<double> counts);
/// Asks the policy once a task, for every place in one batch.
std::unique_ptr<ProgramGuide> PolicyGuide(const Policy& policy);
std::unique_ptr<ProgramGuide> NetworkGuide(const learner::Network& network);

/// How often each production occurs in the store's verified training trajectories.
std::vector<double> CountProductions(const storage::Store& store);

/// "default" (the built-in network), "uniform", "unigram:STORE", or a checkpoint as in
/// checkpoint_file.h.
Result<std::function<std::unique_ptr<ProgramGuide>()>> FindGuide(const std::string& reference,
                                                                 const env::Registry& registry,
                                                                 const learner::Device& device);

}  // namespace tesuji::env::program
