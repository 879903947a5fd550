// The list of formats.
#include "dataset/export/format.h"

namespace tesuji::dataset {

std::string WhyUnavailable(const std::string& format) {
#ifdef TESUJI_WITH_PARQUET
  (void)format;
  return {};
#else
  if (format != "parquet" && format != "verl") return {};
  return "Parquet is not in this build: run scripts/setup.sh, then configure and build again";
#endif
}

std::unique_ptr<Format> MakeFormat(const std::string& name, const FormatContext& context) {
  if (name == "jsonl") return MakeJsonlFormat(context);
  if (name == "parquet") return MakeParquetFormat(context, name);
  if (name == "npz") return MakeNpzFormat(context);
  if (name == "safetensors") return MakeSafetensorsFormat(context);
  if (name == "webdataset") return MakeWebDatasetFormat(context);
  if (name == "trl") return MakeTrlFormat(context);
  if (name == "verl") return MakeVerlFormat(context);
  return MakeRecordsFormat(context, name);
}

}  // namespace tesuji::dataset
