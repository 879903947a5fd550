// A game that is a table: every node has a name, a kind and, when it is not terminal, what the
// scripted evaluator says of it. Action i of a node is its i-th move. Small enough for searches to
// be checked by hand.
#pragma once

#include <cassert>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/environment.h"
#include "search/evaluator.h"

namespace tesuji::search {

struct GameNode {
  env::Phase phase = env::Phase::kOngoing;
  env::Player player = env::Player::kFirst;
  float value = 0;                                      ///< The rules' or the evaluator's.
  std::vector<std::pair<std::string, double>> moves{};  ///< Child and prior (or probability).
};

inline GameNode First(float value, std::vector<std::pair<std::string, double>> moves) {
  return {.value = value, .moves = std::move(moves)};
}
inline GameNode Second(float value, std::vector<std::pair<std::string, double>> moves) {
  return {.player = env::Player::kSecond, .value = value, .moves = std::move(moves)};
}
inline GameNode Chance(std::vector<std::pair<std::string, double>> moves) {
  return {.player = env::Player::kChance, .moves = std::move(moves)};
}
inline GameNode End(float value) { return {.phase = env::Phase::kScored, .value = value}; }
inline GameNode Unjudged() { return {.phase = env::Phase::kAwaitsJudge}; }

using GameTable = std::map<std::string, GameNode>;

class TableState : public env::State {
 public:
  TableState(const GameTable& table, std::string name) : table_(table), name_(std::move(name)) {}
  std::unique_ptr<State> Clone() const override { return std::make_unique<TableState>(*this); }
  env::Phase phase() const override { return node().phase; }
  env::Player to_play() const override { return node().player; }
  void LegalActions(std::vector<env::Action>* out) const override {
    out->clear();
    for (std::size_t i = 0; i < node().moves.size(); ++i) out->push_back(static_cast<int>(i));
  }
  void Apply(env::Action action) override {
    assert(action >= 0 && static_cast<std::size_t>(action) < node().moves.size());
    // By value: the name lives in the table, not in this state.
    name_ = std::string(node().moves[static_cast<std::size_t>(action)].first);
  }
  float Value() const override { return node().value; }
  Key128 Fingerprint() const override {
    std::uint64_t hash = 14695981039346656037ULL;
    for (char c : name_) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return {.high = hash, .low = hash * 0x9e3779b97f4a7c15ULL};
  }
  void Encode(std::span<float> out) const override {
    for (float& x : out) x = 0;
  }
  std::string Artifact() const override { return name_; }
  std::string ToText() const override { return name_; }
  void ChanceOutcomes(std::vector<env::ChanceOutcome>* out) const override {
    out->clear();
    for (std::size_t i = 0; i < node().moves.size(); ++i) {
      out->push_back({.action = static_cast<int>(i), .probability = node().moves[i].second});
    }
  }
  std::string Termination() const override {
    return phase() == env::Phase::kOngoing ? "" : "end of table";
  }

  const GameNode& node() const { return table_.at(name_); }

 private:
  const GameTable& table_;
  std::string name_;
};

class TableEnvironment : public env::Environment {
 public:
  explicit TableEnvironment(GameTable table, int players = 2) : table_(std::move(table)) {
    spec_.id = "table";
    spec_.action_count = 32;
    spec_.player_count = players;
    spec_.max_steps = 100;
    spec_.observation = {.planes = 1, .height = 1, .width = 1};
    spec_.actions = {.planes_over_cells = 0, .other_actions = 32};
  }
  const env::Spec& spec() const override { return spec_; }
  Json parameters() const override { return Json::object(); }
  Result<std::unique_ptr<env::State>> NewState(const env::Task&) const override {
    return std::make_unique<TableState>(table_, "root");
  }
  Result<std::unique_ptr<env::State>> FromArtifact(std::string_view name) const override {
    if (!table_.contains(std::string(name))) return Fail("no such node");
    return std::make_unique<TableState>(table_, std::string(name));
  }

 private:
  GameTable table_;
  env::Spec spec_;
};

/// Says what the table says; counts what it is asked.
class TableEvaluator : public Evaluator {
 public:
  void Evaluate(std::span<const EvaluationRequest> requests, std::span<Evaluation> out) override {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const GameNode& node = dynamic_cast<const TableState&>(*requests[i].state).node();
      out[i].priors.clear();
      for (env::Action action : requests[i].legal) {
        out[i].priors.push_back(
            static_cast<float>(node.moves[static_cast<std::size_t>(action)].second));
      }
      out[i].value = node.value;
      asked.push_back(requests[i].state->ToText());
    }
  }
  std::string checkpoint_hash() const override { return "table"; }

  std::vector<std::string> asked;
};

}  // namespace tesuji::search
