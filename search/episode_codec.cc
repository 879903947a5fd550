#include "search/episode_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "core/untrusted_json.h"

namespace tesuji::search {
namespace {

constexpr std::string_view kEpisodeMagic = "tesuji-episode-2\n";
Json StepToJson(const env::Step& step) {
  Json policy = Json::array();
  for (const auto& entry : step.policy) {
    policy.push_back(entry.action);
    policy.push_back(entry.probability);
  }
  return Json::array({step.action, step.checkpoint, step.is_target, step.visits, step.root_value,
                      step.surprise, step.weight, std::move(policy)});
}

/// Takes 16 hexadecimal digits off the front.
bool TakeLength(std::string_view* bytes, std::uint64_t* length) {
  constexpr std::size_t kDigits = 16;
  if (bytes->size() < kDigits) return false;
  const char* last = bytes->data() + kDigits;
  const auto [end, error] = std::from_chars(bytes->data(), last, *length, 16);
  bytes->remove_prefix(kDigits);
  return error == std::errc() && end == last;
}

/// A number between the bounds; throws Json::exception on another type, std::out_of_range else.
template <class T>
T Number(const Json& json, double lowest, double highest) {
  const auto value = json.get<double>();
  if (!json.is_number() || !(value >= lowest && value <= highest)) {
    throw std::out_of_range(fmt::format("{} is not in {} to {}", json.dump(), lowest, highest));
  }
  return json.get<T>();
}

/// A 64-bit word; converting any other number would be undefined for some.
std::uint64_t Word(const Json& json) {
  if (!json.is_number_unsigned()) throw std::out_of_range("a 64-bit word is expected");
  return json.get<std::uint64_t>();
}

/// Throws Json::exception or std::out_of_range on what no episode writes.
env::Step StepFromJson(const Json& json, std::size_t checkpoints) {
  constexpr double kAnyAction = 2147483647;
  constexpr double kAnyCount = 4294967295;
  const double last_checkpoint = checkpoints == 0 ? 0 : static_cast<double>(checkpoints - 1);
  env::Step step;
  step.action = Number<env::Action>(json.at(0), 0, kAnyAction);
  step.checkpoint = Number<std::uint16_t>(json.at(1), 0, std::min(last_checkpoint, 65535.0));
  step.is_target = json.at(2).get<bool>();
  step.visits = Number<std::uint32_t>(json.at(3), 0, kAnyCount);
  step.root_value = Number<float>(json.at(4), -1, 1);
  step.surprise = Number<float>(json.at(5), 0, 1e6);
  step.weight = Number<float>(json.at(6), 0, 1e6);
  const Json& policy = json.at(7);
  double sum = 0;
  for (std::size_t i = 0; i < policy.size(); i += 2) {
    const auto action = Number<env::Action>(policy.at(i), 0, kAnyAction);
    const auto probability = Number<float>(policy.at(i + 1), 0, 1);
    if (!step.policy.empty() && action <= step.policy.back().action) {
      throw std::out_of_range("a policy's actions do not ascend");
    }
    step.policy.push_back({action, probability});
    sum += probability;
  }
  if (step.is_target != (!step.policy.empty() && std::abs(sum - 1) < 1e-3)) {
    throw std::out_of_range("a policy target does not sum to 1");
  }
  return step;
}

EpisodeRecord FromJson(const Json& json) {
  EpisodeRecord record;
  record.task.id = json.at("task").get<std::string>();
  record.task.parameters = json.at("task_parameters");
  auto& provenance = record.provenance;
  provenance.environment_id = json.at("environment").get<std::string>();
  provenance.environment_version = Number<int>(json.at("environment_version"), 0, 1e9);
  provenance.environment_parameters = json.at("environment_parameters");
  provenance.software_version = json.at("software_version").get<std::string>();
  provenance.campaign_seed = Word(json.at("campaign_seed"));
  provenance.episode = Word(json.at("episode"));
  provenance.checkpoints = json.at("checkpoints").get<std::vector<std::string>>();
  provenance.search_settings = json.at("search_settings");
  provenance.judge = json.at("judge");
  for (const Json& step : json.at("steps")) {
    record.steps.push_back(StepFromJson(step, provenance.checkpoints.size()));
  }
  for (std::size_t i = 0; i < record.random.size(); ++i) {
    record.random[i] = Word(json.at("random").at(i));
  }
  if (record.random == std::array<std::uint64_t, 4>{}) {
    throw std::out_of_range("a random stream of zeros stands still");
  }
  record.opening_left = Number<int>(json.at("opening_left"), 0, 1e6);
  if (json.contains("opening_player")) {
    record.opening_player = static_cast<env::Player>(Number<int>(json.at("opening_player"), 0, 1));
  }
  record.evaluations = Number<std::int64_t>(json.at("evaluations"), 0, 1e15);
  record.settings = json.at("settings");
  return record;
}

}  // namespace

std::string EncodeEpisode(const EpisodeRecord& record) {
  const auto& provenance = record.provenance;
  Json steps = Json::array();
  for (const auto& step : record.steps) steps.push_back(StepToJson(step));
  Json json = {{"task", record.task.id},
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
               {"evaluations", record.evaluations},
               {"settings", record.settings}};
  if (record.opening_player) json["opening_player"] = static_cast<int>(*record.opening_player);
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return fmt::format("{}{:016x}{:016x}{}{}", kEpisodeMagic, text.size(), record.tree.size(), text,
                     record.tree);
}

Result<EpisodeRecord> DecodeEpisode(std::string_view bytes) {
  constexpr std::string_view kDamaged =
      "an unfinished episode's bytes are damaged or of another version";
  if (!bytes.starts_with(kEpisodeMagic)) return Fail(std::string(kDamaged));
  bytes.remove_prefix(kEpisodeMagic.size());
  std::uint64_t text_length = 0;
  std::uint64_t tree_length = 0;
  // Compared one by one: their sum could overflow.
  if (!TakeLength(&bytes, &text_length) || !TakeLength(&bytes, &tree_length) ||
      text_length > bytes.size() || tree_length != bytes.size() - text_length) {
    return Fail(std::string(kDamaged));
  }
  const std::string_view text = bytes.substr(0, text_length);
  const auto json = ParseUntrustedJson(text);
  if (!json || !json->is_object()) return Fail(std::string(kDamaged));
  try {
    EpisodeRecord record = FromJson(*json);
    record.tree = bytes.substr(text_length);
    return record;
  } catch (const Json::exception& problem) {
    return Fail(fmt::format("{}: {}", kDamaged, problem.what()));
  } catch (const std::out_of_range& problem) {
    return Fail(fmt::format("{}: {}", kDamaged, problem.what()));
  }
}

}  // namespace tesuji::search
