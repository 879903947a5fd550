// Does curation help? Trains two equal networks for the same number of steps, one on the positions
// that a dataset kept, one on as many rows of the same store drawn without any choice, and measures
// both on held-out episodes that neither has seen.
// Thread-safety: one caller.
#pragma once

#include <cstdint>
#include <string>

#include "api/registry.h"
#include "core/result.h"
#include "learner/model.h"

namespace tesuji::campaign {

struct DataValueOptions {
  std::string store;    ///< The store the dataset was made of.
  std::string dataset;  ///< Its folder; made with select.campaign_split = "train".
  learner::NetworkConfig network;
  std::int64_t steps = 400;
  int batch = 128;
  std::size_t heldout = 200;  ///< The newest so many held-out episodes measure.
  std::uint64_t seed = 1;
};

/// Bits a move on the held-out episodes: -log2 of the policy for the move played.
struct DataValue {
  std::int64_t rows = 0;      ///< Of the dataset's positions.
  std::int64_t raw_rows = 0;  ///< Drawn from the store, at least as many.
  double curated_bits = 0;
  double raw_bits = 0;
  double uniform_bits = 0;
  std::int64_t heldout_moves = 0;
};

Result<DataValue> MeasureDataValue(const DataValueOptions& options, const env::Registry& registry);

}  // namespace tesuji::campaign
