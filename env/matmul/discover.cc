#include "env/matmul/discover.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cmath>

#include "env/matmul/orbits.h"
#include "env/matmul/tensor_check.h"

namespace tesuji::env::matmul {
namespace {

constexpr std::size_t kArchive = 64;

std::uint32_t MoveBits(std::uint32_t bits, int columns, int new_columns) {
  std::uint32_t moved = 0;
  for (int entry = 0; entry < kMaxEntries; ++entry) {
    if (((bits >> entry) & 1U) == 0) continue;
    moved |= 1U << (entry / columns * new_columns + entry % columns);
  }
  return moved;
}

FactorBits MoveFactor(const FactorBits& factor, int columns, int new_columns) {
  return {MoveBits(factor.plus, columns, new_columns),
          MoveBits(factor.minus, columns, new_columns)};
}

// From 2x2x2 (or less) to `format`, one side at a time, the shortest first.
std::vector<Format> Stages(const Format& format, bool grow) {
  if (!grow) return {format};
  std::vector<Format> stages;
  Format now{std::min(format.n, 2), std::min(format.m, 2), std::min(format.p, 2)};
  for (;;) {
    stages.push_back(now);
    int* shortest = nullptr;
    for (const auto& [side, limit] :
         {std::pair{&now.n, format.n}, std::pair{&now.m, format.m}, std::pair{&now.p, format.p}}) {
      if (*side < limit && (shortest == nullptr || *side < *shortest)) shortest = side;
    }
    if (shortest == nullptr) return stages;
    ++*shortest;
  }
}

// 1, 1, 2, 1, 1, 2, 4, 1, …: the i-th number, from 1.
std::int64_t Luby(std::int64_t i) {
  const auto power = std::int64_t{1} << (std::bit_width(static_cast<std::uint64_t>(i)) - 1);
  if (i == 2 * power - 1) return power;
  return Luby(i - power + 1);
}

struct Chain {
  Scheme scheme;
  bool cyclic = false;
  int idle_rounds = 0;
};

class Discoverer {
 public:
  Discoverer(const DiscoverOptions& options, const DiscoverCallbacks& callbacks)
      : options_(options), callbacks_(callbacks), arena_(options.workers) {}

  Result<DiscoverResult> Run() {
    const std::vector<Format> stages = Stages(options_.format, options_.grow && !options_.cyclic);
    const bool regrow = options_.regrow && stages.size() > 1;
    if (!options_.start.empty()) {
      entries_ = options_.start;
      last_stage_ = true;
      stuck_after_ = regrow ? options_.patience * Round() : 0;
      if (auto status = RunStage(options_.format); !status) return tl::unexpected(status.error());
      KeepBest();
      ++stage_;
    }
    for (std::int64_t growth = 1; !over_; ++growth) {
      entries_ = {StandardScheme(stages.front(), options_.ring)};
      const std::int64_t before = total_flips_;
      for (std::size_t i = 0; i < stages.size() && !over_; ++i, ++stage_) {
        last_stage_ = i + 1 == stages.size();
        const std::int64_t grown = std::max(total_flips_ - before, Round());
        stuck_after_ = regrow ? Luby(growth) * grown : 0;
        if (auto status = RunStage(stages[i]); !status) return tl::unexpected(status.error());
        if (last_stage_) KeepBest();
        entries_ = archive_;
      }
    }
    result_.total_flips = total_flips_;
    return std::move(result_);
  }

 private:
  /// Flips of one round of all walkers.
  std::int64_t Round() const { return options_.walkers * options_.walk_flips; }
  Status RunStage(const Format& format);
  void StartChain(Chain* chain, RandomStream* random);
  std::vector<WalkResult> RunRound(std::int64_t flips);
  Status Merge(int walker, WalkResult walked);
  void Report(int walker, const WalkResult& walked);
  void Remember(const Scheme& scheme);
  void KeepBest();
  RandomStream Stream(int walker) const {
    return RandomStream({options_.seed, stage_, round_, static_cast<std::uint64_t>(walker)});
  }
  WalkOptions Walking(const Chain& chain, std::int64_t flips) const {
    return {.flips = flips,
            .plus_after = options_.plus_after,
            .band = options_.band,
            .target_rank = last_stage_ ? options_.target_rank : 0,
            .cyclic = chain.cyclic,
            .policy = options_.policy,
            .wander = false,
            .stop = {}};
  }

  const DiscoverOptions& options_;
  const DiscoverCallbacks& callbacks_;
  tbb::task_arena arena_;
  std::vector<Scheme> entries_;  // What the stage starts from.
  std::vector<Scheme> archive_;  // What it found: the best rank and one above.
  std::vector<Chain> chains_;
  std::uint64_t stage_ = 0;
  std::uint64_t round_ = 0;
  bool last_stage_ = false;
  std::int64_t stuck_after_ = 0;  // Flips of the last stage without a better rank; 0: no limit.
  bool over_ = false;
  int best_rank_ = 0;
  std::int64_t total_flips_ = 0;
  DiscoverResult result_;
};

Status Discoverer::RunStage(const Format& format) {
  for (Scheme& entry : entries_) entry = ExtendScheme(entry, format);
  archive_.clear();
  best_rank_ = entries_.front().rank();
  for (const Scheme& entry : entries_) Remember(entry);
  RandomStream starts({options_.seed, stage_, ~std::uint64_t{0}});
  chains_.assign(options_.walkers, {});
  for (Chain& chain : chains_) StartChain(&chain, &starts);
  const auto effort =
      static_cast<std::int64_t>(options_.stage_effort * std::pow(format.standard_rank(), 3));
  std::int64_t stage_end = total_flips_ + (last_stage_ ? stuck_after_ : effort);
  const bool endless = last_stage_ && stuck_after_ == 0;
  for (round_ = 0; !over_ && (endless || total_flips_ < stage_end); ++round_) {
    const int best_before = best_rank_;
    std::int64_t flips = options_.walk_flips;
    if (!last_stage_) flips = std::min(flips, effort / options_.walkers + 1);
    auto walks = RunRound(flips);
    for (int walker = 0; walker < options_.walkers; ++walker) {
      if (auto status = Merge(walker, std::move(walks[walker])); !status) return status;
    }
    if (last_stage_ && best_rank_ < best_before) stage_end = total_flips_ + stuck_after_;
    for (Chain& chain : chains_) {
      if (chain.idle_rounds < options_.patience) continue;
      if (chain.cyclic) {
        chain.cyclic = false;
        chain.idle_rounds = 0;
      } else {
        StartChain(&chain, &starts);
      }
    }
    if (callbacks_.progress) {
      DiscoverProgress progress{format, best_rank_, {}, total_flips_};
      for (const Chain& chain : chains_) progress.ranks.push_back(chain.scheme.rank());
      callbacks_.progress(progress);
    }
    over_ = over_ || result_.reached_target || (callbacks_.stop && callbacks_.stop()) ||
            (options_.max_flips > 0 && total_flips_ >= options_.max_flips);
  }
  return {};
}

void Discoverer::StartChain(Chain* chain, RandomStream* random) {
  const bool afresh = !random->Chance(0.5);
  const auto& from = afresh ? entries_ : archive_;
  chain->scheme = from[random->Below(from.size())];
  chain->idle_rounds = 0;
  if (!options_.cyclic) return;
  const auto orbits = ToOrbits(chain->scheme);
  if (afresh && orbits) {
    const auto cubes = 1 + random->Below(std::max<std::size_t>(orbits->cubes.size(), 1));
    chain->scheme = FromOrbits(JoinCubes(*orbits, static_cast<int>(cubes), random));
  }
  chain->cyclic = MayWalkCyclic(chain->scheme);
}

std::vector<WalkResult> Discoverer::RunRound(std::int64_t flips) {
  std::vector<WalkResult> walks(chains_.size());
  // The first walker, in number, that reached the target: those after it need not go on. Those
  // before it do, so that the outcome does not depend on who was faster.
  std::atomic<int> winner = options_.walkers;
  arena_.execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<int>(0, options_.walkers, 1),
        [&](const tbb::blocked_range<int>& range) {
          for (int walker = range.begin(); walker < range.end(); ++walker) {
            WalkOptions walking = Walking(chains_[walker], flips);
            walking.stop = [&, walker] {
              return winner.load(std::memory_order_relaxed) < walker ||
                     (callbacks_.stop && callbacks_.stop());
            };
            walks[walker] = Walk(chains_[walker].scheme, walking, Stream(walker));
            if (walks[walker].scheme.rank() > walking.target_rank) continue;
            int before = winner.load();
            while (walker < before && !winner.compare_exchange_weak(before, walker)) {
            }
          }
        },
        tbb::simple_partitioner());
  });
  return walks;
}

Status Discoverer::Merge(int walker, WalkResult walked) {
  total_flips_ += walked.flips;
  if (result_.reached_target) return {};  // Walks after the winner's were cut at random moments.
  Chain& chain = chains_[walker];
  const int before = chain.scheme.rank();
  if (walked.scheme.rank() < before || walked.found_at > 0) {
    if (auto status = CheckScheme(walked.scheme); !status) {
      return Fail(fmt::format("the walk of seed {} made a wrong scheme: {}", options_.seed,
                              status.error().message));
    }
  }
  if (last_stage_ && (result_.rank == 0 || walked.scheme.rank() < result_.rank)) {
    Report(walker, walked);
  }
  chain.idle_rounds = walked.scheme.rank() < before ? 0 : chain.idle_rounds + 1;
  chain.scheme = std::move(walked.scheme);
  Remember(chain.scheme);
  return {};
}

void Discoverer::Report(int walker, const WalkResult& walked) {
  result_.rank = walked.scheme.rank();
  result_.reached_target = result_.rank <= options_.target_rank;
  if (!callbacks_.improved) return;
  Discovery discovery{.scheme = walked.scheme,
                      .start = chains_[walker].scheme,
                      .stream = {options_.seed, stage_, round_, static_cast<std::uint64_t>(walker)},
                      .walk = Walking(chains_[walker], walked.found_at),
                      .total_flips = total_flips_};
  callbacks_.improved(discovery);
}

void Discoverer::Remember(const Scheme& scheme) {
  if (scheme.rank() > best_rank_ + 1) return;
  Scheme canonical = scheme;
  Canonicalise(&canonical);
  if (std::ranges::find(archive_, canonical) != archive_.end()) return;
  if (scheme.rank() < best_rank_) {
    best_rank_ = scheme.rank();
    std::erase_if(archive_, [&](const Scheme& old) { return old.rank() > best_rank_ + 1; });
  }
  if (archive_.size() >= kArchive) {
    // The oldest of the worst makes room.
    auto worst = std::ranges::max_element(archive_, {}, &Scheme::rank);
    if (worst->rank() < scheme.rank()) return;
    archive_.erase(worst);
  }
  archive_.push_back(std::move(canonical));
}

// Of the archive's schemes those of the best rank join the result.
void Discoverer::KeepBest() {
  std::vector<Scheme>& best = result_.best;
  for (const Scheme& scheme : archive_) {
    if (!best.empty() && scheme.rank() < best.front().rank()) best.clear();
    const bool as_good = best.empty() || scheme.rank() == best.front().rank();
    if (as_good && best.size() < kArchive && std::ranges::find(best, scheme) == best.end()) {
      best.push_back(scheme);
    }
  }
}

Status CheckOptions(const DiscoverOptions& options) {
  const Format& format = options.format;
  if (auto status = CheckFormat(format); !status) return status;
  if (options.cyclic && (format.n != format.m || format.m != format.p)) {
    return Fail(fmt::format("matmul: format {}: only square matrices have cyclic schemes",
                            format.ToText()));
  }
  const auto positive = [](const char* name, auto value) -> Status {
    if (value >= 1) return {};
    return Fail(fmt::format("matmul: {} = {}: expected at least 1", name, value));
  };
  for (const Status& status :
       {positive("workers", options.workers), positive("walkers", options.walkers),
        positive("walk_flips", options.walk_flips), positive("plus_after", options.plus_after),
        positive("band", options.band), positive("patience", options.patience)}) {
    if (!status) return status;
  }
  for (const Scheme& scheme : options.start) {
    if (scheme.format != options.format || scheme.ring != options.ring) {
      return Fail(fmt::format("matmul: a start is for {} over {}, expected {} over {}",
                              scheme.format.ToText(), RingName(scheme.ring),
                              options.format.ToText(), RingName(options.ring)));
    }
    if (scheme.rank() > options.format.standard_rank() + 2) {
      return Fail(fmt::format("matmul: a start has {} terms, more than the standard scheme",
                              scheme.rank()));
    }
    if (auto status = CheckScheme(scheme); !status) {
      return Fail("matmul: start: " + status.error().message);
    }
  }
  return {};
}

// Smaller squares need a lucky number of cubes (3x3x3 in 23 has two or five) and are found by
// growing in less than a second; 4x4x4 over Z2 has not come to its 47 without breaking the
// symmetry.
bool CyclicIsBetter(const Format& format, Ring ring) {
  return format == Format{.n = 5, .m = 5, .p = 5} && ring == Ring::kZ2;
}

}  // namespace

DiscoverOptions MeasuredOptions(const Format& format, Ring ring, std::optional<bool> cyclic) {
  DiscoverOptions options;
  options.format = format;
  options.ring = ring;
  options.cyclic = cyclic.value_or(CyclicIsBetter(format, ring));
  if (options.cyclic) {
    options.plus_after = 20'000;
    options.band = 2;
  }
  return options;
}

Result<DiscoverResult> DiscoverSchemes(const DiscoverOptions& options,
                                       const DiscoverCallbacks& callbacks) {
  if (auto status = CheckOptions(options); !status) return tl::unexpected(status.error());
  return Discoverer(options, callbacks).Run();
}

Scheme ExtendScheme(const Scheme& scheme, const Format& format) {
  const Format& old = scheme.format;
  assert(format.n >= old.n && format.m >= old.m && format.p >= old.p);
  Scheme extended{.format = format, .ring = scheme.ring, .terms = {}};
  for (const Term& term : scheme.terms) {
    extended.terms.push_back({MoveFactor(term[0], old.m, format.m),
                              MoveFactor(term[1], old.p, format.p),
                              MoveFactor(term[2], old.p, format.p)});
  }
  for (const Term& term : StandardScheme(format, scheme.ring).terms) {
    const int left = std::countr_zero(term[0].plus);
    const int right = std::countr_zero(term[1].plus);
    const bool inside =
        left / format.m < old.n && left % format.m < old.m && right % format.p < old.p;
    if (!inside) extended.terms.push_back(term);
  }
  return extended;
}

Status VerifyDiscovery(const Discovery& discovery) {
  if (auto status = CheckScheme(discovery.start); !status) {
    return Fail("start: " + status.error().message);
  }
  if (auto status = CheckScheme(discovery.scheme); !status) {
    return Fail("result: " + status.error().message);
  }
  const auto& [seed, stage, round, walker] = discovery.stream;
  const Scheme again = Rewalk(discovery.start, discovery.walk,
                              RandomStream({seed, stage, round, walker}), discovery.walk.flips);
  if (again == discovery.scheme) return {};
  return Fail(fmt::format("walking again for {} flips gives another scheme (rank {}, recorded {})",
                          discovery.walk.flips, again.rank(), discovery.scheme.rank()));
}

}  // namespace tesuji::env::matmul
