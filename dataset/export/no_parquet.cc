// Stands in for parquet.cc in a build without Arrow; WhyUnavailable() keeps callers away.
#include "dataset/export/format.h"

namespace tesuji::dataset {

std::unique_ptr<Format> MakeParquetFormat(const FormatContext&, const std::string&) {
  return nullptr;
}

}  // namespace tesuji::dataset
