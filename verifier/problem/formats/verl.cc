// verl's rows: the tests are JSON in reward_model.ground_truth, as verl's rewards read it.
#include <fmt/format.h>

#include "core/untrusted_json.h"
#include "verifier/problem/formats/formats.h"

namespace tesuji::verifier {
namespace {

constexpr char kKey[] = "reward_model.ground_truth";

bool FitsVerl(const TaskRow& row) { return row.Has("reward_model"); }

Result<JudgeTask> ReadVerl(const TaskRow& row) {
  JudgeTask task = row.Begin("verl", {"task_id", "id", "index"});
  const Json& json = row.json();
  if (!row.Has("task_id") && !row.Has("id") && !row.Has("index") && row.Has("extra_info") &&
      json["extra_info"].is_object() && json["extra_info"].contains("index")) {
    const Json& index = json["extra_info"]["index"];
    task.id = index.is_string() ? index.get<std::string>() : index.dump();
  }
  const Json& model = json["reward_model"];
  if (!model.is_object() || !model.contains("ground_truth")) {
    return row.Wrong("reward_model", "must be an object with 'ground_truth'");
  }
  Json truth = model["ground_truth"];
  if (truth.is_string()) {
    auto parsed = ParseUntrustedJson(truth.get<std::string>());
    if (!parsed) {
      return row.Wrong(kKey, "must hold JSON with inputs and outputs: " + parsed.error().message);
    }
    truth = std::move(*parsed);
  }
  // Some rows are lists of assertions without more.
  if (truth.is_array()) truth = Json{{"assert_case", truth}};
  if (Status filled = FillFromInputsOutputs(row, kKey, truth, &task); !filled) {
    return tl::unexpected(filled.error());
  }
  return task;
}

}  // namespace

TaskFormat VerlFormat() { return {"verl", "reward_model.ground_truth", FitsVerl, ReadVerl}; }

}  // namespace tesuji::verifier
