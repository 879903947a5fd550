// One block of an export; see export_stage.h. Inside dataset/ only.
// Thread-safety: one caller; spreads its work over threads.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "dataset/export_stage.h"

namespace tesuji::dataset {

/// A view with the formats that can hold it.
struct ViewPlan {
  std::unique_ptr<View> view;
  std::vector<std::unique_ptr<Format>> formats;
};

struct BlockResult {
  std::vector<DatasetFile> files;
  std::vector<std::vector<ViewTotal>> totals;  ///< [view][split].
};

/// Writes the kept `rows` as shard number `number`. `done` is called with rows finished since the
/// last call, from some thread, one at a time.
BlockResult WriteBlock(const ExportJob& job, const std::vector<ViewPlan>& views,
                       const std::vector<std::int64_t>& rows, int number,
                       const std::function<void(std::int64_t)>& done,
                       const std::atomic<bool>& stop);

}  // namespace tesuji::dataset
