// Training rows for programs: stored ones mixed with rows of dreams that nobody searched. A dream
// is verified by running it, costs a millisecond and is used a few times, so a policy sees far more
// tasks than it has time to search.
// Thread-safety: Sample() belongs to the learner's thread.
#pragma once

#include <memory>
#include <vector>

#include "api/training_rows.h"
#include "env/program/program_environment.h"

namespace tesuji::env::program {

struct DreamRowsOptions {
  double share = 0.9;  ///< Of the rows of a batch.
  int max_nodes = 20;
  double other_signatures = 0.2;
  int uses = 3;       ///< How often a row is drawn, about.
  int kept = 12'000;  ///< Dreams.
};

class DreamRows final : public env::TrainingRows {
 public:
  /// `stored` and `forbidden` (tasks whose behaviour must not be learned; may be null) are
  /// borrowed.
  DreamRows(const env::TrainingRows& stored, const ProgramEnvironment& environment,
            const std::vector<ProgramTask>* forbidden, const DreamRowsOptions& options);
  ~DreamRows() override;
  std::int64_t rows() const override { return stored_.rows(); }
  void Sample(int rows, RandomStream* random, env::TrainingBatch* out) const override;

 private:
  struct Pool;
  const env::TrainingRows& stored_;
  const DreamRowsOptions options_;
  const int action_count_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace tesuji::env::program
