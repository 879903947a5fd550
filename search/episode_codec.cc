#include "search/episode_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tesuji::search {
namespace {

constexpr int kFormat = 1;

Json StepToJson(const env::Step& step) {
  Json policy = Json::array();
  for (const auto& entry : step.policy) {
    policy.push_back(entry.action);
    policy.push_back(entry.probability);
  }
  return Json::array({step.action, step.checkpoint, step.is_target, step.visits, step.root_value,
                      step.surprise, step.weight, std::move(policy)});
}

/// Throws Json::exception on wrong types.
env::Step StepFromJson(const Json& json) {
  env::Step step;
  step.action = json.at(0).get<env::Action>();
  step.checkpoint = json.at(1).get<std::uint16_t>();
  step.is_target = json.at(2).get<bool>();
  step.visits = json.at(3).get<std::uint32_t>();
  step.root_value = json.at(4).get<float>();
  step.surprise = json.at(5).get<float>();
  step.weight = json.at(6).get<float>();
  const Json& policy = json.at(7);
  for (std::size_t i = 0; i + 1 < policy.size(); i += 2) {
    step.policy.push_back({policy[i].get<env::Action>(), policy[i + 1].get<float>()});
  }
  return step;
}

EpisodeRecord FromJson(const Json& json) {
  EpisodeRecord record;
  record.task.id = json.at("task").get<std::string>();
  record.task.parameters = json.at("task_parameters");
  auto& provenance = record.provenance;
  provenance.environment_id = json.at("environment").get<std::string>();
  provenance.environment_version = json.at("environment_version").get<int>();
  provenance.environment_parameters = json.at("environment_parameters");
  provenance.software_version = json.at("software_version").get<std::string>();
  provenance.campaign_seed = json.at("campaign_seed").get<std::uint64_t>();
  provenance.episode = json.at("episode").get<std::uint64_t>();
  provenance.checkpoints = json.at("checkpoints").get<std::vector<std::string>>();
  provenance.search_settings = json.at("search_settings");
  provenance.judge = json.at("judge");
  for (const Json& step : json.at("steps")) record.steps.push_back(StepFromJson(step));
  for (std::size_t i = 0; i < record.random.size(); ++i) {
    record.random[i] = json.at("random").at(i).get<std::uint64_t>();
  }
  record.opening_left = json.at("opening_left").get<int>();
  record.evaluations = json.at("evaluations").get<std::int64_t>();
  return record;
}

}  // namespace

std::string EncodeEpisode(const EpisodeRecord& record) {
  const auto& provenance = record.provenance;
  Json steps = Json::array();
  for (const auto& step : record.steps) steps.push_back(StepToJson(step));
  const Json json = {{"format", kFormat},
                     {"task", record.task.id},
                     {"task_parameters", record.task.parameters},
                     {"environment", provenance.environment_id},
                     {"environment_version", provenance.environment_version},
                     {"environment_parameters", provenance.environment_parameters},
                     {"software_version", provenance.software_version},
                     {"campaign_seed", provenance.campaign_seed},
                     {"episode", provenance.episode},
                     {"checkpoints", provenance.checkpoints},
                     {"search_settings", provenance.search_settings},
                     {"judge", provenance.judge},
                     {"steps", std::move(steps)},
                     {"random", record.random},
                     {"opening_left", record.opening_left},
                     {"evaluations", record.evaluations}};
  const std::vector<std::uint8_t> bytes = Json::to_cbor(json);
  return {bytes.begin(), bytes.end()};
}

Result<EpisodeRecord> DecodeEpisode(std::string_view bytes) {
  const Json json = Json::from_cbor(bytes.begin(), bytes.end(), /*strict=*/true,
                                    /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("format", 0) != kFormat) {
    return Fail("an unfinished episode's bytes are damaged or of another version");
  }
  try {
    return FromJson(json);
  } catch (const Json::exception& error) {
    return Fail(fmt::format("an unfinished episode's bytes are damaged: {}", error.what()));
  }
}

Result<std::unique_ptr<env::State>> ReplaySteps(const env::Environment& environment,
                                                const env::Task& task,
                                                const std::vector<env::Step>& steps) {
  auto start = environment.NewState(task);
  if (!start) return start;
  env::State& state = **start;
  std::vector<env::Action> legal;
  std::vector<env::ChanceOutcome> outcomes;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (state.phase() != env::Phase::kOngoing) {
      return Fail(fmt::format("step {} of an unfinished episode comes after its end", i));
    }
    legal.clear();
    if (state.to_play() == env::Player::kChance) {
      state.ChanceOutcomes(&outcomes);
      for (const auto& outcome : outcomes) legal.push_back(outcome.action);
    } else {
      state.LegalActions(&legal);
    }
    if (!std::binary_search(legal.begin(), legal.end(), steps[i].action)) {
      return Fail(fmt::format("step {} of an unfinished episode, action {}, is illegal", i,
                              steps[i].action));
    }
    state.Apply(steps[i].action);
  }
  return start;
}

}  // namespace tesuji::search
