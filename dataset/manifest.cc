#include "dataset/manifest.h"

#include <fmt/format.h>

#include <set>

#include "core/files.h"
#include "core/sha256.h"
#include "core/untrusted_json.h"
#include "core/version.h"
#include "dataset/export/output_file.h"

namespace tesuji::dataset {
namespace {

constexpr const char* kFormat = "tesuji dataset 1";

Json StepJson(const FunnelStep& step) {
  Json dropped = Json::object();
  for (const auto& [reason, rows] : step.dropped) dropped[reason] = rows;
  return {{"name", step.name}, {"in", step.in}, {"out", step.out}, {"dropped", dropped}};
}

Json ColumnJson(const Column& column) {
  Json json = {{"name", column.name}, {"type", TypeName(column.type)}, {"meaning", column.help}};
  if (!column.shape.empty()) json["shape"] = column.shape;
  if (!column.fields.empty()) {
    json["fields"] = Json::array();
    for (const auto& [name, whole] : column.fields) {
      json["fields"].push_back({{"name", name}, {"type", whole ? "int64" : "text"}});
    }
  }
  return json;
}

Json InputsJson(const Sources& sources) {
  Json inputs = Json::array();
  for (const SourceInfo& info : sources.infos()) {
    inputs.push_back({{"store", info.path},
                      {"rows", info.rows},
                      {"identity", info.identity},
                      {"campaign", info.campaign},
                      {"generators", info.checkpoints}});
  }
  return inputs;
}

Json ViewsJson(const ExportResult& exported) {
  Json views = Json::array();
  for (std::size_t v = 0; v < exported.schemas.size(); ++v) {
    Json columns = Json::array();
    for (const Column& column : exported.schemas[v].columns) columns.push_back(ColumnJson(column));
    Json splits = Json::object();
    for (int s = 0; s < kSplits; ++s) {
      const ViewTotal& total = exported.totals[v][static_cast<std::size_t>(s)];
      splits[SplitName(s)] = {{"rows", total.rows}, {"content_hash", total.content_hash}};
    }
    views.push_back({{"name", exported.schemas[v].view}, {"columns", columns}, {"splits", splits}});
  }
  return views;
}

Json SplitsJson(const Decisions& decisions) {
  std::vector<std::set<std::uint32_t>> groups(kSplits);
  std::vector<std::int64_t> rows(kSplits);
  for (const RowDecision& row : decisions.rows) {
    if (row.split == kDropped) continue;
    groups[row.split].insert(row.group);
    ++rows[row.split];
  }
  Json json = Json::object();
  for (std::size_t s = 0; s < kSplits; ++s) {
    json[SplitName(static_cast<int>(s))] = {{"episodes", rows[s]}, {"groups", groups[s].size()}};
  }
  return json;
}

Json FileJson(const DatasetFile& file) {
  return {{"path", file.path},     {"view", file.view},
          {"format", file.format}, {"split", file.split},
          {"rows", file.rows},     {"bytes", file.bytes},
          {"sha256", file.sha256}, {"content_hash", file.content_hash}};
}

/// Hits by reason, of the step that looks for contamination.
Json ContaminationJson(const Suites& suites, const BuildReport& report) {
  Json files = Json::array();
  for (const SuiteFile& file : suites.files()) {
    files.push_back({{"path", file.path},
                     {"sha256", file.sha256},
                     {"documents", file.documents},
                     {"objects", file.objects}});
  }
  Json hits = Json::object();
  for (const FunnelStep& step : report.funnel) {
    if (step.name == "decontaminate") hits = StepJson(step)["dropped"];
  }
  return {{"suites", files}, {"hits", hits}};
}

/// A field that must be there with this type, so that later readers need not ask.
struct Expected {
  const char* key;
  Json::value_t type;
};

const char* TypeWord(Json::value_t type) {
  return type == Json::value_t::string   ? "text"
         : type == Json::value_t::array  ? "a list"
         : type == Json::value_t::object ? "an object"
                                         : "a whole number";
}

Status CheckObjects(const Json& list, const char* name, std::initializer_list<Expected> fields) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!list[i].is_object()) return Fail(fmt::format("{}[{}]: expected an object", name, i));
    for (const auto& [key, type] : fields) {
      const Json value = list[i].value(key, Json());
      const bool good =
          type == Json::value_t::number_integer ? value.is_number_integer() : value.type() == type;
      if (!good) {
        return Fail(fmt::format("{}[{}].{}: expected {}", name, i, key, TypeWord(type)));
      }
    }
  }
  return {};
}

Status CheckManifest(const Json& manifest) {
  using Type = Json::value_t;
  for (const char* key : {"inputs", "files", "views"}) {
    if (!manifest.contains(key) || !manifest[key].is_array()) {
      return Fail(fmt::format("{}: expected a list", key));
    }
  }
  for (const char* key : {"name", "dataset_id"}) {
    if (!manifest.contains(key) || !manifest[key].is_string()) {
      return Fail(fmt::format("{}: expected text", key));
    }
  }
  const auto check = [&](const char* key, std::initializer_list<Expected> fields) {
    return CheckObjects(manifest[key], key, fields);
  };
  if (auto good = check(
          "inputs",
          {{"store", Type::string}, {"rows", Type::number_integer}, {"identity", Type::string}});
      !good) {
    return good;
  }
  if (auto good = check("files", {{"path", Type::string},
                                  {"view", Type::string},
                                  {"format", Type::string},
                                  {"split", Type::string},
                                  {"rows", Type::number_integer},
                                  {"bytes", Type::number_integer}});
      !good) {
    return good;
  }
  if (auto good = check(
          "views", {{"name", Type::string}, {"columns", Type::array}, {"splits", Type::object}});
      !good) {
    return good;
  }
  for (const Json& view : manifest["views"]) {
    if (auto good = CheckObjects(
            view["columns"], "columns",
            {{"name", Type::string}, {"type", Type::string}, {"meaning", Type::string}});
        !good) {
      return good;
    }
    for (const auto& [split, total] : view["splits"].items()) {
      if (!total.is_object() || !total.value("rows", Json()).is_number_integer()) {
        return Fail(fmt::format("views: split {}: expected its rows", split));
      }
    }
  }
  return {};
}

}  // namespace

std::string DatasetId(const Recipe& recipe, const Sources& sources, const Suites& suites) {
  Json decides = RecipeToJson(recipe);
  for (const char* presentation : {"name", "description", "license", "url", "date"}) {
    decides["dataset"].erase(presentation);
  }
  decides["export"] = {{"views", recipe.exports.views}};
  decides["decontaminate"].erase("suites");
  Json facts = {{"format", kFormat}, {"tool", kSoftwareVersion}, {"recipe", decides}};
  for (const SourceInfo& info : sources.infos()) facts["inputs"].push_back(info.identity);
  for (const SuiteFile& file : suites.files()) facts["suites"].push_back(file.sha256);
  return Sha256Hex(facts.dump());
}

Json MakeManifest(const ManifestInput& input) {
  Json funnel = Json::array();
  for (const FunnelStep& step : input.report->funnel) funnel.push_back(StepJson(step));
  Json files = Json::array();
  for (const DatasetFile& file : input.exported->files) files.push_back(FileJson(file));
  const Recipe& recipe = *input.recipe;
  return {{"format", kFormat},
          {"dataset_id", input.report->dataset_id},
          {"name", recipe.dataset.name},
          {"license", recipe.dataset.license},
          {"tool", {{"name", "tesuji"}, {"version", kSoftwareVersion}}},
          {"inputs", InputsJson(*input.sources)},
          {"verifier",
           {{"method", "replay through the rules; content hash"},
            {"version", kSoftwareVersion},
            {"fraction", recipe.verify.fraction},
            {"rows", input.report->reverified}}},
          {"steps", funnel},
          {"positions", StepJson(input.report->positions)},
          {"decontamination", ContaminationJson(*input.suites, *input.report)},
          {"splits", SplitsJson(*input.decisions)},
          {"views", ViewsJson(*input.exported)},
          {"files", files},
          {"ledger", FileJson(*input.ledger)},
          {"recipe", RecipeToJson(recipe)},
          {"replay", "tesuji export --replay manifest.json --out FOLDER"}};
}

Result<Json> ReadManifest(const std::filesystem::path& path) {
  const auto bytes = ReadFile(path, std::size_t{1} << 28);
  if (!bytes) return tl::unexpected(bytes.error());
  auto manifest = ParseUntrustedJson(*bytes);
  if (!manifest) return Fail(fmt::format("{}: {}", path.string(), manifest.error().message));
  if (!manifest->is_object() || manifest->value("format", Json()) != kFormat) {
    return Fail(fmt::format("{}: is not a manifest of the format \"{}\"", path.string(), kFormat));
  }
  if (auto good = CheckManifest(*manifest); !good) {
    return Fail(fmt::format("{}: {}", path.string(), good.error().message));
  }
  return manifest;
}

DatasetFile WriteLedger(const FactsStage& facts, const Sources& sources, const Decisions& decisions,
                        const std::filesystem::path& root) {
  ZstdFile file(root, "ledger.jsonl.zst", 3);
  RowSetHash hash;
  std::int64_t rows = 0;
  facts.ForEach([&](std::int64_t number, RowFacts& row) {
    const RowDecision& decision = decisions.rows[static_cast<std::size_t>(number)];
    const auto [store, id] = sources.Locate(number);
    const bool kept = decision.split != kDropped;
    Json line = {{"row", number},
                 {"store", store},
                 {"trajectory", id},
                 {"hash", row.hash},
                 {"fate", kept ? SplitName(decision.split) : "dropped"}};
    if (!kept) {
      line["reason"] = decisions.reasons[decision.reason];
      const std::string& detail = decisions.details[static_cast<std::size_t>(number)];
      if (!detail.empty()) line["detail"] = detail;
    } else if (decision.first_position >= 0) {
      line["positions"] = decisions.position.substr(
          static_cast<std::size_t>(decision.first_position), row.positions.size());
    }
    if (row.problem.empty()) {
      line.update({{"reverified", row.reverified},
                   {"episode", row.episode.ToHex()},
                   {"task", row.task.ToHex()},
                   {"opening", row.opening.ToHex()},
                   {"generation", row.generation},
                   {"length", row.length},
                   {"targets", row.targets},
                   {"value", row.value},
                   {"score", row.score},
                   {"termination", row.termination},
                   {"mean_visits", row.mean_visits},
                   {"mean_surprise", row.mean_surprise},
                   {"max_surprise", row.max_surprise},
                   {"difficulty", row.difficulty}});
    }
    const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace);
    hash.AddDigest(Sha256Hex(text));
    ++rows;
    file.Write(text + "\n");
  });
  WrittenFile written = file.Close();
  return {written.path, "ledger", "jsonl", "", rows, written.bytes, written.sha256, hash.ToHex()};
}

}  // namespace tesuji::dataset
