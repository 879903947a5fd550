#include "env/matmul/search_position.h"

#include <fmt/format.h>

#include <array>
#include <exception>
#include <stdexcept>
#include <utility>

#include "env/matmul/tensor_check.h"

namespace tesuji::env::matmul {
namespace {

Json ToJson(const std::vector<Scheme>& schemes) {
  Json json = Json::array();
  for (const Scheme& scheme : schemes) json.push_back(SchemeToJson(scheme));
  return json;
}

// The readers throw std::exception on anything that they do not expect.

Scheme ReadScheme(const Json& json) {
  auto scheme = SchemeFromJson(json);
  if (!scheme) throw std::runtime_error(scheme.error().message);
  if (const Status good = CheckScheme(*scheme); !good) {
    throw std::runtime_error(good.error().message);
  }
  return std::move(*scheme);
}

const Json& List(const Json& json, const char* key) {
  const Json& list = json.at(key);
  if (!list.is_array()) throw std::runtime_error(fmt::format("{}: expected a list", key));
  return list;
}

std::vector<Scheme> ReadSchemes(const Json& json, const char* key) {
  std::vector<Scheme> schemes;
  for (const Json& one : List(json, key)) schemes.push_back(ReadScheme(one));
  return schemes;
}

SearchPosition Read(const Json& json) {
  SearchPosition position;
  json.at("growth").get_to(position.growth);
  json.at("index").get_to(position.index);
  json.at("flips_before_growth").get_to(position.flips_before_growth);
  json.at("in_stage").get_to(position.in_stage);
  json.at("stage").get_to(position.stage);
  json.at("round").get_to(position.round);
  json.at("last_stage").get_to(position.last_stage);
  json.at("stuck_after").get_to(position.stuck_after);
  json.at("stage_end").get_to(position.stage_end);
  json.at("total_flips").get_to(position.total_flips);
  json.at("best_rank").get_to(position.best_rank);
  json.at("rank").get_to(position.rank);
  position.entries = ReadSchemes(json, "entries");
  position.archive = ReadSchemes(json, "archive");
  position.best = ReadSchemes(json, "best");
  for (const Json& one : List(json, "chains")) {
    position.chains.push_back({.scheme = ReadScheme(one.at("scheme")),
                               .cyclic = one.at("cyclic").get<bool>(),
                               .idle_rounds = one.at("idle_rounds").get<int>()});
  }
  position.starts = RandomStream::FromState(json.at("starts").get<std::array<std::uint64_t, 4>>());
  return position;
}

}  // namespace

Json ToJson(const SearchPosition& position) {
  Json chains = Json::array();
  for (const SearchChain& chain : position.chains) {
    chains.push_back({{"scheme", SchemeToJson(chain.scheme)},
                      {"cyclic", chain.cyclic},
                      {"idle_rounds", chain.idle_rounds}});
  }
  return {
      {"growth", position.growth},
      {"index", position.index},
      {"flips_before_growth", position.flips_before_growth},
      {"in_stage", position.in_stage},
      {"stage", position.stage},
      {"round", position.round},
      {"last_stage", position.last_stage},
      {"stuck_after", position.stuck_after},
      {"stage_end", position.stage_end},
      {"total_flips", position.total_flips},
      {"best_rank", position.best_rank},
      {"rank", position.rank},
      {"entries", ToJson(position.entries)},
      {"archive", ToJson(position.archive)},
      {"best", ToJson(position.best)},
      {"chains", std::move(chains)},
      {"starts", position.starts.state()},
  };
}

Result<SearchPosition> PositionFromJson(const Json& json) {
  try {
    return Read(json);
  } catch (const std::exception& error) {
    return Fail(fmt::format("matmul: a saved search cannot be read: {}", error.what()));
  }
}

}  // namespace tesuji::env::matmul
