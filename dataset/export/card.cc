#include "dataset/export/card.h"

#include <fmt/format.h>

#include <map>
#include <string_view>
#include <vector>

namespace tesuji::dataset {
namespace {

/// A JSON string is a YAML double-quoted scalar too.
std::string Yaml(const Json& value) { return value.dump(); }

/// The format that loaders take for a view: Parquet where there is one, else JSON lines.
std::string PreferredFormat(const Json& manifest, const std::string& view) {
  for (const char* format : {"parquet", "jsonl"}) {
    for (const Json& file : manifest["files"]) {
      if (file["view"] == view && file["format"] == format) return format;
    }
  }
  return {};
}

std::string ScalarDtype(std::string_view type) {
  if (type == "text") return "string";
  return std::string(type);
}

/// One feature as the `datasets` library writes it.
void AppendFeature(const Json& column, const std::string& indent, std::string* out) {
  const std::string name = column["name"];
  const std::string type = column["type"];
  if (type == "messages") {
    *out += fmt::format(
        "{0}- name: {1}\n{0}  list:\n{0}  - name: role\n{0}    dtype: string\n"
        "{0}  - name: content\n{0}    dtype: string\n",
        indent, name);
  } else if (type == "record") {
    *out += fmt::format("{0}- name: {1}\n{0}  struct:\n", indent, name);
    for (const Json& field : column["fields"]) {
      *out += fmt::format("{0}  - name: {1}\n{0}    dtype: {2}\n", indent,
                          field["name"].get<std::string>(),
                          ScalarDtype(field["type"].get<std::string>()));
    }
  } else if (type.ends_with("[]")) {
    *out += fmt::format("{0}- name: {1}\n{0}  list: {2}\n", indent, name,
                        ScalarDtype(type.substr(0, type.size() - 2)));
  } else {
    *out += fmt::format("{0}- name: {1}\n{0}  dtype: {2}\n", indent, name, ScalarDtype(type));
  }
}

std::int64_t BytesOf(const Json& manifest, const std::string& view, const std::string& format,
                     const std::string& split) {
  std::int64_t bytes = 0;
  for (const Json& file : manifest["files"]) {
    if (file["view"] == view && file["format"] == format && file["split"] == split) {
      bytes += file["bytes"].get<std::int64_t>();
    }
  }
  return bytes;
}

const char* SizeCategory(std::int64_t rows) {
  static constexpr std::pair<std::int64_t, const char*> kSizes[] = {
      {1000, "n<1K"},           {10000, "1K<n<10K"},    {100000, "10K<n<100K"},
      {1000000, "100K<n<1M"},   {10000000, "1M<n<10M"}, {100000000, "10M<n<100M"},
      {1000000000, "100M<n<1B"}};
  for (const auto& [below, name] : kSizes) {
    if (rows < below) return name;
  }
  return "n>1B";
}

std::string FrontMatter(const Json& manifest) {
  std::string configs = "configs:\n";
  std::string infos = "dataset_info:\n";
  std::int64_t most = 0;
  bool first = true;
  for (const Json& view : manifest["views"]) {
    const std::string name = view["name"];
    const std::string format = PreferredFormat(manifest, name);
    std::int64_t rows = 0;
    for (const auto& [split, total] : view["splits"].items()) rows += total["rows"].get<int>();
    most = std::max(most, rows);
    if (format.empty() || rows == 0) continue;
    configs +=
        fmt::format("- config_name: {}\n{}  data_files:\n", name, first ? "  default: true\n" : "");
    first = false;
    infos += fmt::format("- config_name: {}\n  features:\n", name);
    for (const Json& column : view["columns"]) AppendFeature(column, "  ", &infos);
    infos += "  splits:\n";
    for (const char* split : {"train", "validation", "test"}) {
      const auto split_rows = view["splits"][split]["rows"].get<std::int64_t>();
      if (split_rows == 0) continue;
      configs += fmt::format("  - split: {0}\n    path: {1}/{2}/{0}-*.{3}\n", split, name, format,
                             format == "parquet" ? "parquet" : "jsonl.zst");
      infos += fmt::format("  - name: {}\n    num_bytes: {}\n    num_examples: {}\n", split,
                           BytesOf(manifest, name, format, split), split_rows);
    }
  }
  return fmt::format(
      "---\nlicense: {}\npretty_name: {}\ntask_categories:\n- reinforcement-learning\n"
      "size_categories:\n- {}\ntags:\n- tesuji\n- self-play\n- search\n{}{}---\n",
      Yaml(manifest["license"]), Yaml(manifest["name"]), SizeCategory(most), first ? "" : configs,
      first ? "" : infos);
}

void AppendFunnel(const Json& manifest, std::string* out) {
  *out += "## What was kept\n\n| step | in | out | dropped |\n|---|---|---|---|\n";
  std::vector<Json> steps = manifest["steps"];
  if (manifest["positions"]["in"].get<std::int64_t>() > 0) steps.push_back(manifest["positions"]);
  for (const Json& step : steps) {
    std::string dropped;
    for (const auto& [reason, rows] : step["dropped"].items()) {
      dropped +=
          fmt::format("{}`{}` {}", dropped.empty() ? "" : ", ", reason, rows.get<std::int64_t>());
    }
    *out += fmt::format("| {} | {} | {} | {} |\n", step["name"].get<std::string>(),
                        step["in"].get<std::int64_t>(), step["out"].get<std::int64_t>(), dropped);
  }
}

}  // namespace

std::string DatasetCard(const Json& manifest) {
  std::string card = FrontMatter(manifest);
  card += fmt::format("\n# {}\n\n", manifest["name"].get<std::string>());
  const std::string description = manifest["recipe"]["dataset"]["description"];
  if (!description.empty()) card += description + "\n\n";
  card += fmt::format(
      "Made by search and verified again before it was written ({} rows replayed). Dataset id "
      "`{}`.\n\n## Views\n\n",
      manifest["verifier"]["rows"].get<std::int64_t>(), manifest["dataset_id"].get<std::string>());
  for (const Json& view : manifest["views"]) {
    card += fmt::format("### {}\n\n| split | rows | content hash |\n|---|---|---|\n",
                        view["name"].get<std::string>());
    for (const char* split : {"train", "validation", "test"}) {
      card += fmt::format("| {} | {} | `{}` |\n", split,
                          view["splits"][split]["rows"].get<std::int64_t>(),
                          view["splits"][split]["content_hash"].get<std::string>());
    }
    card += "\n| column | type | meaning |\n|---|---|---|\n";
    for (const Json& column : view["columns"]) {
      std::string type = column["type"];
      if (column.contains("shape")) type = fmt::format("{} {}", type, column["shape"].dump());
      card += fmt::format("| `{}` | {} | {} |\n", column["name"].get<std::string>(), type,
                          column["meaning"].get<std::string>());
    }
    card += "\n";
  }
  AppendFunnel(manifest, &card);
  card += fmt::format(
      "\n`manifest.json` has inputs, generators, recipe and file hashes; `ledger.jsonl.zst` has "
      "the "
      "fate of every row. To make it again, byte for byte:\n\n```sh\n{}\n```\n",
      manifest["replay"].get<std::string>());
  return card;
}

}  // namespace tesuji::dataset
