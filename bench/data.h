// Does curation help? Trains two equal networks for the same number of steps, one on the positions
// that a dataset kept, one on as many rows of the same store drawn without any choice, and measures
// both on held-out episodes that neither has seen.
// Thread-safety: one caller.
#pragma once

#include <cstdint>
#include <string>

#include "api/registry.h"
#include "bench/figure.h"
#include "core/result.h"
#include "learner/model.h"

namespace tesuji::bench {

struct DataBenchOptions {
  std::string store;    ///< The store the dataset was made of.
  std::string dataset;  ///< Its folder; made with select.campaign_split = "train".
  learner::NetworkConfig network;
  learner::Device device;
  std::int64_t steps = 400;
  int batch = 128;
  std::size_t heldout = 200;  ///< The newest so many held-out episodes measure.
  std::uint64_t seed = 1;
};

/// Bits a move on the held-out episodes, trained either way. Episodes that do not hold when they
/// are replayed have no rows; they are counted, and the first is named.
Status BenchData(const DataBenchOptions& options, const env::Registry& registry,
                 const ShowFigure& show);

}  // namespace tesuji::bench
