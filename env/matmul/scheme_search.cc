#include "env/matmul/scheme_search.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cmath>

#include "env/matmul/orbits.h"
#include "env/matmul/search_position.h"
#include "env/matmul/tensor_check.h"

namespace tesuji::env::matmul {
namespace {

constexpr std::size_t kArchive = 64;

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

}  // namespace

class SchemeSearch::Impl {
 public:
  Impl(const DiscoverOptions& options, const DiscoverCallbacks& callbacks)
      : options_(options),
        callbacks_(callbacks),
        arena_(options.workers),
        stages_(Stages(options.format, options.grow && !options.cyclic)),
        regrow_(options.regrow && stages_.size() > 1) {}

  bool over() const { return over_; }
  Status Round();
  const SearchPosition& position() const { return at_; }
  Status Restore(SearchPosition position);
  DiscoverResult result() const;

 private:
  /// Flips of one round of all walkers.
  std::int64_t FlipsOfRound() const { return options_.walkers * options_.walk_flips; }
  const Format& StageFormat() const {
    return at_.growth == 0 ? options_.format : stages_[at_.index];
  }
  std::int64_t Effort() const {
    return static_cast<std::int64_t>(options_.stage_effort *
                                     std::pow(StageFormat().standard_rank(), 3));
  }
  bool StageOver() const {
    const bool endless = at_.last_stage && at_.stuck_after == 0;
    return over_ || (!endless && at_.total_flips >= at_.stage_end);
  }
  void BeginStage();
  void EndStage();
  void BeginGrowth();
  void RenewChains();
  void ShowProgress() const;
  void StartChain(SearchChain* chain, RandomStream* random);
  std::vector<WalkResult> RunRound(std::int64_t flips);
  Status Merge(int walker, WalkResult walked);
  void Report(int walker, const WalkResult& walked);
  void Remember(const Scheme& scheme);
  void KeepBest(std::vector<Scheme>* best) const;
  RandomStream Stream(int walker) const {
    return RandomStream({options_.seed, at_.stage, at_.round, static_cast<std::uint64_t>(walker)});
  }
  WalkOptions Walking(const SearchChain& chain, std::int64_t flips) const {
    return {.flips = flips,
            .plus_after = options_.plus_after,
            .band = options_.band,
            .target_rank = at_.last_stage ? options_.target_rank : 0,
            .cyclic = chain.cyclic,
            .policy = options_.policy,
            .wander = false,
            .stop = {}};
  }

  const DiscoverOptions options_;
  const DiscoverCallbacks callbacks_;
  tbb::task_arena arena_;
  const std::vector<Format> stages_;
  const bool regrow_;

  SearchPosition at_;
  bool over_ = false;
  bool reached_target_ = false;
};

void SchemeSearch::Impl::BeginGrowth() {
  ++at_.growth;
  at_.index = 0;
  if (at_.growth == 0) {
    if (!options_.start.empty()) {
      at_.entries = options_.start;
      return;
    }
    ++at_.growth;
  }
  at_.entries = {StandardScheme(stages_.front(), options_.ring)};
  at_.flips_before_growth = at_.total_flips;
}

void SchemeSearch::Impl::BeginStage() {
  if (at_.growth < 0) BeginGrowth();
  at_.last_stage = at_.growth == 0 || at_.index + 1 == stages_.size();
  if (at_.growth == 0) {
    at_.stuck_after = regrow_ ? options_.patience * FlipsOfRound() : 0;
  } else {
    const std::int64_t grown = std::max(at_.total_flips - at_.flips_before_growth, FlipsOfRound());
    at_.stuck_after = regrow_ ? Luby(at_.growth) * grown : 0;
  }
  for (Scheme& entry : at_.entries) entry = ExtendScheme(entry, StageFormat());
  at_.archive.clear();
  at_.best_rank = at_.entries.front().rank();
  for (const Scheme& entry : at_.entries) Remember(entry);
  at_.starts = RandomStream({options_.seed, at_.stage, ~std::uint64_t{0}});
  at_.chains.assign(options_.walkers, {});
  for (SearchChain& chain : at_.chains) StartChain(&chain, &at_.starts);
  at_.stage_end = at_.total_flips + (at_.last_stage ? at_.stuck_after : Effort());
  at_.round = 0;
  at_.in_stage = true;
}

void SchemeSearch::Impl::EndStage() {
  at_.in_stage = false;
  ++at_.stage;
  if (at_.last_stage) KeepBest(&at_.best);
  if (at_.growth > 0) {
    at_.entries = at_.archive;
    ++at_.index;
  }
  if (at_.growth == 0 || at_.index == stages_.size()) BeginGrowth();
}

Status SchemeSearch::Impl::Round() {
  if (over_) return {};
  if (!at_.in_stage) BeginStage();
  while (StageOver()) {  // A stage of no effort has no round.
    EndStage();
    BeginStage();
  }
  const int best_before = at_.best_rank;
  std::int64_t flips = options_.walk_flips;
  if (!at_.last_stage) flips = std::min(flips, Effort() / options_.walkers + 1);
  auto walks = RunRound(flips);
  for (int walker = 0; walker < options_.walkers; ++walker) {
    if (auto status = Merge(walker, std::move(walks[walker])); !status) return status;
  }
  if (at_.last_stage && at_.best_rank < best_before)
    at_.stage_end = at_.total_flips + at_.stuck_after;
  RenewChains();
  ShowProgress();
  ++at_.round;
  over_ = reached_target_ || (callbacks_.stop && callbacks_.stop()) ||
          (options_.max_flips > 0 && at_.total_flips >= options_.max_flips);
  if (!over_ && StageOver()) EndStage();
  return {};
}

void SchemeSearch::Impl::RenewChains() {
  for (SearchChain& chain : at_.chains) {
    if (chain.idle_rounds < options_.patience) continue;
    if (chain.cyclic) {
      chain.cyclic = false;
      chain.idle_rounds = 0;
    } else {
      StartChain(&chain, &at_.starts);
    }
  }
}

void SchemeSearch::Impl::ShowProgress() const {
  if (!callbacks_.progress) return;
  DiscoverProgress progress{StageFormat(), at_.best_rank, {}, at_.total_flips};
  for (const SearchChain& chain : at_.chains) progress.ranks.push_back(chain.scheme.rank());
  callbacks_.progress(progress);
}

DiscoverResult SchemeSearch::Impl::result() const {
  DiscoverResult result{.rank = at_.rank,
                        .best = at_.best,
                        .total_flips = at_.total_flips,
                        .reached_target = reached_target_};
  if (at_.in_stage && at_.last_stage) KeepBest(&result.best);
  return result;
}

// Whatever the bytes say, the walks that follow must keep their REQUIRES.
Status SchemeSearch::Impl::Restore(SearchPosition position) {
  at_ = std::move(position);
  const bool begun = at_.growth >= 0 && at_.index < stages_.size() && !at_.entries.empty();
  const bool walking = !at_.in_stage || (static_cast<int>(at_.chains.size()) == options_.walkers &&
                                         !at_.archive.empty());
  if (!begun || !walking) return Fail("matmul: a saved search is incomplete");
  const Format& now = StageFormat();
  const auto fits = [&](const Scheme& scheme, const Format& most, bool exactly) {
    const Format& format = scheme.format;
    const bool inside = format.n <= most.n && format.m <= most.m && format.p <= most.p;
    return scheme.ring == options_.ring && (exactly ? format == most : inside);
  };
  const auto all = [&](const std::vector<Scheme>& schemes, const Format& most, bool exactly) {
    return std::ranges::all_of(schemes,
                               [&](const Scheme& scheme) { return fits(scheme, most, exactly); });
  };
  bool good = all(at_.entries, now, at_.in_stage) && all(at_.best, options_.format, true);
  if (at_.in_stage) {
    good = good && at_.last_stage == (at_.growth == 0 || at_.index + 1 == stages_.size());
    good = good && all(at_.archive, now, true);
    for (const SearchChain& chain : at_.chains) {
      good =
          good && fits(chain.scheme, now, true) && (!chain.cyclic || MayWalkCyclic(chain.scheme));
    }
  }
  if (!good) return Fail("matmul: a saved search is for another product");
  return {};
}

void SchemeSearch::Impl::StartChain(SearchChain* chain, RandomStream* random) {
  const bool afresh = !random->Chance(0.5);
  const auto& from = afresh ? at_.entries : at_.archive;
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

std::vector<WalkResult> SchemeSearch::Impl::RunRound(std::int64_t flips) {
  std::vector<WalkResult> walks(at_.chains.size());
  // The first walker, in number, that reached the target: those after it need not go on. Those
  // before it do, so that the outcome does not depend on who was faster.
  std::atomic<int> winner = options_.walkers;
  arena_.execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<int>(0, options_.walkers, 1),
        [&](const tbb::blocked_range<int>& range) {
          for (int walker = range.begin(); walker < range.end(); ++walker) {
            WalkOptions walking = Walking(at_.chains[walker], flips);
            walking.stop = [&, walker] {
              return winner.load(std::memory_order_relaxed) < walker ||
                     (callbacks_.stop && callbacks_.stop());
            };
            walks[walker] = Walk(at_.chains[walker].scheme, walking, Stream(walker));
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

Status SchemeSearch::Impl::Merge(int walker, WalkResult walked) {
  at_.total_flips += walked.flips;
  if (reached_target_) return {};  // Walks after the winner's were cut at random moments.
  SearchChain& chain = at_.chains[walker];
  const int before = chain.scheme.rank();
  if (walked.scheme.rank() < before || walked.found_at > 0) {
    if (auto status = CheckScheme(walked.scheme); !status) {
      return Fail(fmt::format("the walk of seed {} made a wrong scheme: {}", options_.seed,
                              status.error().message));
    }
  }
  if (at_.last_stage && (at_.rank == 0 || walked.scheme.rank() < at_.rank)) {
    Report(walker, walked);
  }
  chain.idle_rounds = walked.scheme.rank() < before ? 0 : chain.idle_rounds + 1;
  chain.scheme = std::move(walked.scheme);
  Remember(chain.scheme);
  return {};
}

void SchemeSearch::Impl::Report(int walker, const WalkResult& walked) {
  at_.rank = walked.scheme.rank();
  reached_target_ = at_.rank <= options_.target_rank;
  if (!callbacks_.improved) return;
  Discovery discovery{
      .scheme = walked.scheme,
      .start = at_.chains[walker].scheme,
      .stream = {options_.seed, at_.stage, at_.round, static_cast<std::uint64_t>(walker)},
      .walk = Walking(at_.chains[walker], walked.found_at),
      .total_flips = at_.total_flips};
  callbacks_.improved(discovery);
}

void SchemeSearch::Impl::Remember(const Scheme& scheme) {
  if (scheme.rank() > at_.best_rank + 1) return;
  Scheme canonical = scheme;
  Canonicalise(&canonical);
  if (std::ranges::find(at_.archive, canonical) != at_.archive.end()) return;
  if (scheme.rank() < at_.best_rank) {
    at_.best_rank = scheme.rank();
    std::erase_if(at_.archive, [&](const Scheme& old) { return old.rank() > at_.best_rank + 1; });
  }
  if (at_.archive.size() >= kArchive) {
    // The oldest of the worst makes room.
    auto worst = std::ranges::max_element(at_.archive, {}, &Scheme::rank);
    if (worst->rank() < scheme.rank()) return;
    at_.archive.erase(worst);
  }
  at_.archive.push_back(std::move(canonical));
}

// Of the archive's schemes those of the best rank join `best`.
void SchemeSearch::Impl::KeepBest(std::vector<Scheme>* best) const {
  for (const Scheme& scheme : at_.archive) {
    if (!best->empty() && scheme.rank() < best->front().rank()) best->clear();
    const bool as_good = best->empty() || scheme.rank() == best->front().rank();
    if (as_good && best->size() < kArchive && std::ranges::find(*best, scheme) == best->end()) {
      best->push_back(scheme);
    }
  }
}

SchemeSearch::SchemeSearch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SchemeSearch::~SchemeSearch() = default;
bool SchemeSearch::over() const { return impl_->over(); }
Status SchemeSearch::Round() { return impl_->Round(); }
Json SchemeSearch::Save() const { return ToJson(impl_->position()); }
DiscoverResult SchemeSearch::result() const { return impl_->result(); }

Result<std::unique_ptr<SchemeSearch>> SchemeSearch::Begin(const DiscoverOptions& options,
                                                          const DiscoverCallbacks& callbacks) {
  if (auto status = CheckDiscoverOptions(options); !status) return tl::unexpected(status.error());
  return std::unique_ptr<SchemeSearch>(
      new SchemeSearch(std::make_unique<Impl>(options, callbacks)));
}

Result<std::unique_ptr<SchemeSearch>> SchemeSearch::Resume(const DiscoverOptions& options,
                                                           const DiscoverCallbacks& callbacks,
                                                           const Json& saved) {
  auto search = Begin(options, callbacks);
  if (!search) return search;
  auto position = PositionFromJson(saved);
  if (!position) return tl::unexpected(position.error());
  if (auto status = (*search)->impl_->Restore(std::move(*position)); !status) {
    return tl::unexpected(status.error());
  }
  return search;
}

}  // namespace tesuji::env::matmul
