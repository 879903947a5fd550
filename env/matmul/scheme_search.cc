#include "env/matmul/scheme_search.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cmath>
#include <exception>
#include <stdexcept>

#include "core/random.h"
#include "env/matmul/orbits.h"
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

struct Chain {
  Scheme scheme;
  bool cyclic = false;
  int idle_rounds = 0;
};

Json SchemesToJson(const std::vector<Scheme>& schemes) {
  Json json = Json::array();
  for (const Scheme& scheme : schemes) json.push_back(SchemeToJson(scheme));
  return json;
}

/// Throws Json::exception or std::runtime_error on anything else.
std::vector<Scheme> SchemesFromJson(const Json& json) {
  std::vector<Scheme> schemes;
  for (const Json& one : json) {
    auto scheme = SchemeFromJson(one);
    if (scheme) {
      if (const Status good = CheckScheme(*scheme); !good) scheme = tl::unexpected(good.error());
    }
    if (!scheme) throw std::runtime_error(scheme.error().message);
    schemes.push_back(std::move(*scheme));
  }
  return schemes;
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
  Json Save() const;
  void Restore(const Json& saved);
  DiscoverResult result() const;

 private:
  /// Flips of one round of all walkers.
  std::int64_t FlipsOfRound() const { return options_.walkers * options_.walk_flips; }
  const Format& StageFormat() const { return growth_ == 0 ? options_.format : stages_[index_]; }
  std::int64_t Effort() const {
    return static_cast<std::int64_t>(options_.stage_effort *
                                     std::pow(StageFormat().standard_rank(), 3));
  }
  bool StageOver() const {
    const bool endless = last_stage_ && stuck_after_ == 0;
    return over_ || (!endless && total_flips_ >= stage_end_);
  }
  void BeginStage();
  void EndStage();
  void BeginGrowth();
  void RenewChains();
  void ShowProgress() const;
  void StartChain(Chain* chain, RandomStream* random);
  std::vector<WalkResult> RunRound(std::int64_t flips);
  Status Merge(int walker, WalkResult walked);
  void Report(int walker, const WalkResult& walked);
  void Remember(const Scheme& scheme);
  void KeepBest(std::vector<Scheme>* best) const;
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

  const DiscoverOptions options_;
  const DiscoverCallbacks callbacks_;
  tbb::task_arena arena_;
  const std::vector<Format> stages_;
  const bool regrow_;

  // Where in the search it is.
  std::int64_t growth_ = -1;  // -1: not begun; 0: from options_.start; then one a growth.
  std::size_t index_ = 0;     // Of the stage within its growth.
  std::int64_t flips_before_growth_ = 0;
  bool in_stage_ = false;
  std::uint64_t stage_ = 0;  // Counts all stages.
  std::uint64_t round_ = 0;  // Within the stage.
  bool last_stage_ = false;
  std::int64_t stuck_after_ = 0;  // Flips of the last stage without a better rank; 0: no limit.
  std::int64_t stage_end_ = 0;
  bool over_ = false;
  std::int64_t total_flips_ = 0;

  std::vector<Scheme> entries_;  // What the stage starts from.
  std::vector<Scheme> archive_;  // What it found: the best rank and one above.
  std::vector<Chain> chains_;
  RandomStream starts_{0};  // Draws where chains begin.
  int best_rank_ = 0;
  DiscoverResult result_;
};

void SchemeSearch::Impl::BeginGrowth() {
  ++growth_;
  index_ = 0;
  if (growth_ == 0) {
    if (!options_.start.empty()) {
      entries_ = options_.start;
      return;
    }
    ++growth_;
  }
  entries_ = {StandardScheme(stages_.front(), options_.ring)};
  flips_before_growth_ = total_flips_;
}

void SchemeSearch::Impl::BeginStage() {
  if (growth_ < 0) BeginGrowth();
  last_stage_ = growth_ == 0 || index_ + 1 == stages_.size();
  if (growth_ == 0) {
    stuck_after_ = regrow_ ? options_.patience * FlipsOfRound() : 0;
  } else {
    const std::int64_t grown = std::max(total_flips_ - flips_before_growth_, FlipsOfRound());
    stuck_after_ = regrow_ ? Luby(growth_) * grown : 0;
  }
  for (Scheme& entry : entries_) entry = ExtendScheme(entry, StageFormat());
  archive_.clear();
  best_rank_ = entries_.front().rank();
  for (const Scheme& entry : entries_) Remember(entry);
  starts_ = RandomStream({options_.seed, stage_, ~std::uint64_t{0}});
  chains_.assign(options_.walkers, {});
  for (Chain& chain : chains_) StartChain(&chain, &starts_);
  stage_end_ = total_flips_ + (last_stage_ ? stuck_after_ : Effort());
  round_ = 0;
  in_stage_ = true;
}

void SchemeSearch::Impl::EndStage() {
  in_stage_ = false;
  ++stage_;
  if (last_stage_) KeepBest(&result_.best);
  if (growth_ > 0) {
    entries_ = archive_;
    ++index_;
  }
  if (growth_ == 0 || index_ == stages_.size()) BeginGrowth();
}

Status SchemeSearch::Impl::Round() {
  if (over_) return {};
  if (!in_stage_) BeginStage();
  while (StageOver()) {  // A stage of no effort has no round.
    EndStage();
    BeginStage();
  }
  const int best_before = best_rank_;
  std::int64_t flips = options_.walk_flips;
  if (!last_stage_) flips = std::min(flips, Effort() / options_.walkers + 1);
  auto walks = RunRound(flips);
  for (int walker = 0; walker < options_.walkers; ++walker) {
    if (auto status = Merge(walker, std::move(walks[walker])); !status) return status;
  }
  if (last_stage_ && best_rank_ < best_before) stage_end_ = total_flips_ + stuck_after_;
  RenewChains();
  ShowProgress();
  ++round_;
  over_ = result_.reached_target || (callbacks_.stop && callbacks_.stop()) ||
          (options_.max_flips > 0 && total_flips_ >= options_.max_flips);
  if (!over_ && StageOver()) EndStage();
  return {};
}

void SchemeSearch::Impl::RenewChains() {
  for (Chain& chain : chains_) {
    if (chain.idle_rounds < options_.patience) continue;
    if (chain.cyclic) {
      chain.cyclic = false;
      chain.idle_rounds = 0;
    } else {
      StartChain(&chain, &starts_);
    }
  }
}

void SchemeSearch::Impl::ShowProgress() const {
  if (!callbacks_.progress) return;
  DiscoverProgress progress{StageFormat(), best_rank_, {}, total_flips_};
  for (const Chain& chain : chains_) progress.ranks.push_back(chain.scheme.rank());
  callbacks_.progress(progress);
}

DiscoverResult SchemeSearch::Impl::result() const {
  DiscoverResult result = result_;
  if (in_stage_ && last_stage_) KeepBest(&result.best);
  result.total_flips = total_flips_;
  return result;
}

Json SchemeSearch::Impl::Save() const {
  Json chains = Json::array();
  for (const Chain& chain : chains_) {
    chains.push_back({{"scheme", SchemeToJson(chain.scheme)},
                      {"cyclic", chain.cyclic},
                      {"idle_rounds", chain.idle_rounds}});
  }
  return {{"growth", growth_},
          {"index", index_},
          {"flips_before_growth", flips_before_growth_},
          {"in_stage", in_stage_},
          {"stage", stage_},
          {"round", round_},
          {"last_stage", last_stage_},
          {"stuck_after", stuck_after_},
          {"stage_end", stage_end_},
          {"total_flips", total_flips_},
          {"entries", SchemesToJson(entries_)},
          {"archive", SchemesToJson(archive_)},
          {"chains", chains},
          {"starts", starts_.state()},
          {"best_rank", best_rank_},
          {"rank", result_.rank},
          {"best", SchemesToJson(result_.best)}};
}

void SchemeSearch::Impl::Restore(const Json& saved) {
  saved.at("growth").get_to(growth_);
  saved.at("index").get_to(index_);
  saved.at("flips_before_growth").get_to(flips_before_growth_);
  saved.at("in_stage").get_to(in_stage_);
  saved.at("stage").get_to(stage_);
  saved.at("round").get_to(round_);
  saved.at("last_stage").get_to(last_stage_);
  saved.at("stuck_after").get_to(stuck_after_);
  saved.at("stage_end").get_to(stage_end_);
  saved.at("total_flips").get_to(total_flips_);
  entries_ = SchemesFromJson(saved.at("entries"));
  archive_ = SchemesFromJson(saved.at("archive"));
  for (const Json& one : saved.at("chains")) {
    Chain chain;
    chain.scheme = SchemesFromJson(Json::array({one.at("scheme")})).front();
    one.at("cyclic").get_to(chain.cyclic);
    one.at("idle_rounds").get_to(chain.idle_rounds);
    chains_.push_back(std::move(chain));
  }
  starts_ = RandomStream::FromState(saved.at("starts").get<std::array<std::uint64_t, 4>>());
  saved.at("best_rank").get_to(best_rank_);
  saved.at("rank").get_to(result_.rank);
  result_.best = SchemesFromJson(saved.at("best"));
  const bool begun = growth_ >= 0 && index_ < stages_.size() && !entries_.empty();
  const bool walking =
      !in_stage_ || (static_cast<int>(chains_.size()) == options_.walkers && !archive_.empty());
  if (!begun || !walking) throw std::runtime_error("the saved search is incomplete");
  const auto fits = [&](const Scheme& scheme, const Format& format) {
    if (scheme.format == format && scheme.ring == options_.ring) return;
    throw std::runtime_error("a saved scheme is for another product");
  };
  for (const Scheme& scheme : in_stage_ ? archive_ : std::vector<Scheme>()) {
    fits(scheme, StageFormat());
  }
  for (const Chain& chain : in_stage_ ? chains_ : std::vector<Chain>()) {
    fits(chain.scheme, StageFormat());
    if (chain.cyclic && !MayWalkCyclic(chain.scheme)) {
      throw std::runtime_error("a saved chain has no cyclic symmetry");
    }
  }
}

void SchemeSearch::Impl::StartChain(Chain* chain, RandomStream* random) {
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

std::vector<WalkResult> SchemeSearch::Impl::RunRound(std::int64_t flips) {
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

Status SchemeSearch::Impl::Merge(int walker, WalkResult walked) {
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

void SchemeSearch::Impl::Report(int walker, const WalkResult& walked) {
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

void SchemeSearch::Impl::Remember(const Scheme& scheme) {
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

// Of the archive's schemes those of the best rank join `best`.
void SchemeSearch::Impl::KeepBest(std::vector<Scheme>* best) const {
  for (const Scheme& scheme : archive_) {
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
Json SchemeSearch::Save() const { return impl_->Save(); }
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
  try {
    (*search)->impl_->Restore(saved);
  } catch (const std::exception& error) {
    return Fail(fmt::format("matmul: a saved search cannot be read: {}", error.what()));
  }
  return search;
}

}  // namespace tesuji::env::matmul
