// A player without any knowledge but the rules: alpha-beta to a fixed depth, for measuring others.
#include <algorithm>
#include <cstdlib>
#include <unordered_map>
#include <utility>

#include "arena/contestant.h"
#include "arena/player.h"

namespace tesuji::arena {
namespace {

class AlphaBetaPlayer final : public Player {
 public:
  explicit AlphaBetaPlayer(int depth) : depth_(depth) {}

  Status NewGame(const env::State& /*start*/, RandomStream random) override {
    random_ = random;
    decision_.reset();
    return {};
  }
  void Observe(const env::State& /*before*/, env::Action /*action*/) override {}

  void BeginMove(const env::State& state) override {
    // Deepening fills the table with good first moves, which is what makes the last depth cheap.
    table_.clear();
    std::vector<env::Action> best;
    for (int depth = std::min(2, depth_); depth <= depth_; depth += depth < depth_ - 2 ? 2 : 1) {
      best = BestMoves(state, depth);
    }
    decision_ = Decision{.action = best[random_.Below(best.size())]};
  }

  std::optional<Result<Decision>> Poll() override {
    if (!decision_) return std::nullopt;
    return *std::exchange(decision_, std::nullopt);
  }

 private:
  enum class Bound : std::uint8_t { kExact, kLower, kUpper };
  struct Entry {
    int depth = 0;
    float value = 0;
    Bound bound = Bound::kExact;
    env::Action best = -1;
  };

  static float Sign(const env::State& state) {
    return state.to_play() == env::Player::kFirst ? 1.0F : -1.0F;
  }

  // Wins soon before wins late, losses late before losses soon: a ply costs a little.
  static float Discounted(float value) { return value * 0.999F; }

  // All moves of the highest value, each found with an open window so that ties are seen.
  std::vector<env::Action> BestMoves(const env::State& state, int depth) {
    std::vector<env::Action> best;
    float best_value = -2;
    for (const env::Action action : Ordered(state)) {
      const auto next = state.Clone();
      next->Apply(action);
      // Below best_value - margin it cannot be among the best.
      const float value = Seen(state, *next, depth - 1, best_value - 1e-5F, 2);
      if (value > best_value + 1e-6F) {
        best_value = value;
        best.clear();
      }
      if (value >= best_value - 1e-6F) best.push_back(action);
    }
    return best;
  }

  // The value of `next` for whoever moved in `state`.
  float Seen(const env::State& state, const env::State& next, int depth, float alpha, float beta) {
    // Nothing is known of an end that awaits a judge: even, as beyond the depth.
    if (next.phase() == env::Phase::kAwaitsJudge) return 0;
    if (next.phase() != env::Phase::kOngoing) return Discounted(Sign(state) * next.Value());
    if (depth <= 0) return 0;
    const bool same = next.to_play() == state.to_play();
    const float value = same ? Search(next, depth, alpha / 0.999F, beta / 0.999F)
                             : -Search(next, depth, -beta / 0.999F, -alpha / 0.999F);
    return Discounted(value);
  }

  // For the player to move. REQUIRES: state is ongoing, depth >= 1.
  float Search(const env::State& state, int depth, float alpha, float beta) {
    const Key128 key = state.Fingerprint();
    env::Action first = -1;
    if (const auto known = table_.find(key); known != table_.end()) {
      const Entry& entry = known->second;
      first = entry.best;
      if (entry.depth == depth &&
          (entry.bound == Bound::kExact || (entry.bound == Bound::kLower && entry.value >= beta) ||
           (entry.bound == Bound::kUpper && entry.value <= alpha))) {
        return entry.value;
      }
    }
    const float alpha_before = alpha;
    Entry entry{.depth = depth, .value = -2, .bound = Bound::kExact, .best = -1};
    for (const env::Action action : Ordered(state, first)) {
      const auto next = state.Clone();
      next->Apply(action);
      const float value = Seen(state, *next, depth - 1, alpha, beta);
      if (value > entry.value) {
        entry.value = value;
        entry.best = action;
      }
      alpha = std::max(alpha, value);
      if (alpha >= beta) break;
    }
    if (entry.value <= alpha_before) entry.bound = Bound::kUpper;
    if (entry.value >= beta) entry.bound = Bound::kLower;
    table_[key] = entry;
    return entry.value;
  }

  // The middle first: in most board games that is where the good moves are.
  static std::vector<env::Action> Ordered(const env::State& state, env::Action first = -1) {
    std::vector<env::Action> legal;
    state.LegalActions(&legal);
    const int middle = legal.front() + legal.back();
    std::ranges::stable_sort(legal, {}, [&](env::Action action) {
      return action == first ? -1 : std::abs(2 * action - middle);
    });
    return legal;
  }

  int depth_;
  RandomStream random_{std::uint64_t{0}};
  std::unordered_map<Key128, Entry> table_;
  std::optional<Decision> decision_;
};

}  // namespace

std::unique_ptr<Player> MakeAlphaBetaPlayer(int depth) {
  return std::make_unique<AlphaBetaPlayer>(depth);
}

Contestant AlphaBetaContestant(std::string name, int depth) {
  Contestant contestant;
  contestant.name = std::move(name);
  contestant.make_player = [depth](search::Evaluator*) -> Result<std::unique_ptr<Player>> {
    return MakeAlphaBetaPlayer(depth);
  };
  return contestant;
}

}  // namespace tesuji::arena
