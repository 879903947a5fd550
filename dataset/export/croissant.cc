// Croissant metadata of a dataset.
#include <fmt/format.h>

#include "api/record_format.h"
#include "dataset/export/card.h"

namespace tesuji::dataset {
namespace {

Json Context() {
  return Json::parse(R"json({
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs",
    "column": "cr:column", "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/", "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract",
    "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key",
    "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path",
    "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex",
    "repeated": "cr:repeated", "replace": "cr:replace", "sc": "https://schema.org/",
    "samplingRate": "cr:samplingRate", "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
    "transform": "cr:transform"})json");
}

std::string Encoding(const std::string& format, const env::RecordFormat* records) {
  if (format == "parquet") return "application/x-parquet";
  if (format == "jsonl" || format == "trl") return "application/jsonlines";
  if (format == "webdataset") return "application/x-tar";
  if (records != nullptr) return records->media_type();
  return "application/octet-stream";
}

const char* DataType(const std::string& type) {
  if (type.starts_with("int")) return "sc:Integer";
  if (type.starts_with("float")) return "sc:Float";
  if (type.starts_with("bool")) return "sc:Boolean";
  return "sc:Text";
}

/// Fields of a view, read from its Parquet columns.
Json RecordSet(const Json& view, const std::string& files) {
  const std::string name = view["name"];
  Json fields = Json::array();
  for (const Json& column : view["columns"]) {
    const std::string type = column["type"];
    if (type == "messages" || type == "record") continue;
    Json field = {
        {"@type", "cr:Field"},
        {"@id", name + "/" + column["name"].get<std::string>()},
        {"name", column["name"]},
        {"description", column["meaning"]},
        {"dataType", DataType(type)},
        {"source", {{"fileSet", {{"@id", files}}}, {"extract", {{"column", column["name"]}}}}}};
    if (type.ends_with("[]")) field["repeated"] = true;
    fields.push_back(std::move(field));
  }
  return {{"@type", "cr:RecordSet"}, {"@id", name}, {"name", name}, {"field", fields}};
}

}  // namespace

Json CroissantMetadata(const Json& manifest, const env::Registry& registry) {
  Json distribution = Json::array();
  Json record_sets = Json::array();
  const Json& about = manifest["recipe"]["dataset"];
  const std::string url = about["url"].get<std::string>().empty()
                              ? "urn:tesuji:" + manifest["dataset_id"].get<std::string>()
                              : about["url"].get<std::string>();
  for (const Json& view : manifest["views"]) {
    const std::string name = view["name"];
    Json includes = Json::array();
    for (const Json& file : manifest["files"]) {
      if (file["view"] != name) continue;
      const std::string path = file["path"];
      const std::string format = file["format"];
      const env::RecordFormat* records = env::FindRecords(registry, format);
      if (records != nullptr && records->name() == format) {  // A folder.
        distribution.push_back({{"@type", "cr:FileSet"},
                                {"@id", path},
                                {"name", path},
                                {"encodingFormat", Encoding(format, records)},
                                {"includes", path + "/*." + format}});
        continue;
      }
      distribution.push_back(
          {{"@type", "cr:FileObject"},
           {"@id", path},
           {"name", path},
           {"contentUrl", path},
           {"contentSize", fmt::format("{} B", file["bytes"].get<std::int64_t>())},
           {"encodingFormat", Encoding(format, records)},
           {"sha256", file["sha256"]}});
      if (format == "parquet") includes.push_back({{"@id", path}});
    }
    if (includes.empty()) continue;
    const std::string set = name + "-parquet";
    distribution.push_back({{"@type", "cr:FileSet"},
                            {"@id", set},
                            {"name", set},
                            {"containedIn", includes},
                            {"encodingFormat", "application/x-parquet"},
                            {"includes", name + "/parquet/*.parquet"}});
    record_sets.push_back(RecordSet(view, set));
  }
  const std::string description = about["description"];
  const std::string date = about["date"];
  Json metadata = {
      {"@context", Context()},
      {"@type", "sc:Dataset"},
      {"conformsTo", "http://mlcommons.org/croissant/1.1"},
      {"name", manifest["name"]},
      {"description",
       description.empty() ? "Made by search, verified again before export." : description},
      {"license", manifest["license"]},
      {"url", url},
      {"version", "1.0.0"},
      {"citeAs", fmt::format("tesuji dataset {}", manifest["dataset_id"].get<std::string>())},
      {"creator", {{"@type", "sc:Organization"}, {"name", "tesuji"}}},
      {"distribution", distribution},
      {"recordSet", record_sets}};
  if (!date.empty()) metadata["datePublished"] = date;
  return metadata;
}

}  // namespace tesuji::dataset
