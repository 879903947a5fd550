#include "env/matmul/walk.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "env/matmul/flip_graph.h"

namespace tesuji::env::matmul {
namespace {

// Flips between two looks at anything but the rank.
constexpr std::int64_t kStretch = 1 << 12;

// xoshiro256++ going on from a stream's state: the same numbers, without a call for each.
class InlineRandom {
 public:
  explicit InlineRandom(const RandomStream& stream) : s_(stream.state()) {}
  std::uint64_t operator()() {
    const std::uint64_t result = std::rotl(s_[0] + s_[3], 23) + s_[0];
    const std::uint64_t t = s_[1] << 17;
    s_[2] ^= s_[0];
    s_[3] ^= s_[1];
    s_[1] ^= s_[2];
    s_[0] ^= s_[3];
    s_[2] ^= t;
    s_[3] = std::rotl(s_[3], 45);
    return result;
  }
  std::uint32_t Below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((((*this)() >> 32) * bound) >> 32);
  }

 private:
  std::array<std::uint64_t, 4> s_;
};

// kUniform: the policy declines nothing, and costs nothing.
template <class Graph, bool kUniform>
class Walker {
 public:
  template <class Start>
  Walker(const Start& start, const WalkOptions& options, const RandomStream& random)
      : options_(options), random_(random), graph_(start) {
    graph_.Save(&home_);
  }

  WalkResult Run() {
    std::int64_t quiet = 0;  // Flips since the rank last changed.
    std::int64_t next_poll = kStretch;
    while (result_.flips < options_.flips && home_.rank > options_.target_rank) {
      const std::int64_t length =
          std::min({kStretch, options_.flips - result_.flips, options_.plus_after - quiet});
      const bool reduced = graph_.pair_count() > 0 && Stretch(length, &quiet);
      if (reduced) {
        NoteReduction();
      } else if (quiet >= options_.plus_after || graph_.pair_count() == 0) {
        Leave();
        quiet = 0;
        if (graph_.pair_count() == 0) ++result_.flips;  // However stuck, the walk ends.
      }
      if (result_.flips >= next_poll) {
        next_poll = result_.flips + kStretch;
        result_.stopped = options_.stop && options_.stop();
        if (result_.stopped) break;
      }
    }
    if (!options_.wander) graph_.Load(home_);
    result_.scheme = graph_.ToScheme();
    return std::move(result_);
  }

 private:
  // Up to `length` flips, ending early at a reduction (true) or when no flip is left.
  bool Stretch(std::int64_t length, std::int64_t* quiet) {
    std::int64_t made = 0;
    std::int64_t refused = 0;
    bool reduced = false;
    while (made < length && !reduced && graph_.pair_count() > 0) {
      const auto step =
          kUniform ? graph_.FlipRandom(random_()) : graph_.FlipRandom(random_(), options_.policy);
      ++made;
      if constexpr (Graph::kSigned) refused += step == Graph::Step::kRefused ? 1 : 0;
      reduced = step == Graph::Step::kReduced;
    }
    result_.flips += made;
    result_.refused += refused;
    *quiet = reduced ? 0 : *quiet + made;
    return reduced;
  }

  void NoteReduction() {
    if (graph_.rank() > home_.rank) return;
    if (graph_.rank() < home_.rank) result_.best_at = result_.flips;
    result_.found_at = result_.flips;
    graph_.Save(&home_);
  }

  // Away from where nothing has changed for long.
  void Leave() {
    const int top = home_.rank + options_.band * Graph::kTermRank;
    if (graph_.rank() >= top) return graph_.Load(home_);
    // Without any flip left one plus transition is undone at once by what it made possible: go up
    // as far as is allowed.
    const bool stuck = graph_.pair_count() == 0;
    do {
      TryPlus();
    } while (stuck && graph_.rank() < top && ++result_.flips % 16 != 0);
  }

  void TryPlus() {
    if (graph_.full() || graph_.terms() < 2) return;
    // Over the integers most choices overflow; so many tries find one that does not.
    for (int attempt = 0; attempt < 1000; ++attempt) {
      if (!graph_.TryPlus(&random_)) continue;
      ++result_.plus;
      NoteReduction();  // It may have reduced at once.
      return;
    }
  }

  const WalkOptions& options_;
  InlineRandom random_;
  Graph graph_;
  typename Graph::Snapshot home_;
  WalkResult result_;
};

template <class Graph, class Start>
WalkResult WalkOn(const Start& start, const WalkOptions& options, const RandomStream& random) {
  return options.policy.uniform() ? Walker<Graph, true>(start, options, random).Run()
                                  : Walker<Graph, false>(start, options, random).Run();
}

template <class R>
WalkResult WalkOver(const Scheme& start, const WalkOptions& options, const RandomStream& random) {
  if (!options.cyclic) return WalkOn<FlipGraph<R>>(start, options, random);
  return WalkOn<FlipGraph<R, true>>(*ToOrbits(start), options, random);
}

}  // namespace

bool MayWalkCyclic(const Scheme& start) {
  const auto orbits = ToOrbits(start);
  return orbits && !orbits->representatives.empty() &&
         orbits->representatives.size() <= FlipGraph<Z2Ring, true>::kMaxTerms;
}

WalkResult Walk(const Scheme& start, const WalkOptions& options, RandomStream random) {
  return start.ring == Ring::kZ2 ? WalkOver<Z2Ring>(start, options, random)
                                 : WalkOver<TernaryRing>(start, options, random);
}

Scheme Rewalk(const Scheme& start, WalkOptions options, RandomStream random, std::int64_t flips) {
  options.flips = flips;
  options.stop = nullptr;
  return Walk(start, options, random).scheme;
}

}  // namespace tesuji::env::matmul
