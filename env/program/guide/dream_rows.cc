#include "env/program/guide/dream_rows.h"

#include <algorithm>
#include <cmath>

#include "env/program/evaluation.h"
#include "env/program/language/derivation.h"
#include "env/program/tasks/dream.h"

namespace tesuji::env::program {
namespace {

constexpr std::size_t kFirstDreams = 1000;
constexpr int kMeanRows = 6;  // Of a dream, about.

struct Known {
  std::shared_ptr<const PreparedTask> task;
  std::vector<Hole> holes;
  Program program;
};

}  // namespace

struct DreamRows::Pool {
  const std::vector<ProgramTask>* forbidden = nullptr;
  DreamOptions dream;
  std::vector<Known> known;
  std::size_t next = 0;  ///< The one that the next dream takes the place of.
  Runner runner{100'000};

  bool IsForbidden(const Program& program) {
    return forbidden != nullptr && std::ranges::any_of(*forbidden, [&](const ProgramTask& task) {
             return Answers(&runner, program, task);
           });
  }

  void AddOne(std::size_t most, RandomStream* random) {
    Dream drawn = DreamTask(dream, random);
    if (IsForbidden(drawn.program)) return;
    Known one;
    one.holes = HolesOf(drawn.program);
    one.program = std::move(drawn.program);
    one.task = PrepareTask(std::move(drawn.task));
    if (known.size() < most) {
      known.push_back(std::move(one));
    } else {
      known[next] = std::move(one);
      next = (next + 1) % most;
    }
  }

  /// Every row of every dream is as likely.
  std::pair<const Known*, std::size_t> Draw(RandomStream* random) const {
    while (true) {
      const Known& one = known[random->Below(known.size())];
      const std::size_t row = random->Below(kMaxNodes / 2);
      if (row < one.holes.size()) return {&one, row};
    }
  }
};

DreamRows::DreamRows(const env::TrainingRows& stored, const ProgramEnvironment& environment,
                     const std::vector<ProgramTask>* forbidden, const DreamRowsOptions& options)
    : stored_(stored),
      options_(options),
      action_count_(environment.spec().action_count),
      pool_(std::make_unique<Pool>()) {
  pool_->forbidden = forbidden;
  pool_->dream.max_nodes = options.max_nodes;
  pool_->dream.unseen = 4;
  pool_->dream.other_signatures = options.other_signatures;
}

DreamRows::~DreamRows() = default;

void DreamRows::Sample(int rows, RandomStream* random, env::TrainingBatch* out) const {
  const int dreamt = static_cast<int>(std::lround(options_.share * rows));
  const int stored = rows - dreamt;
  if (stored > 0) stored_.Sample(stored, random, out);
  Pool& pool = *pool_;
  const auto most = static_cast<std::size_t>(options_.kept);
  while (pool.known.size() < std::min(kFirstDreams, most)) pool.AddOne(most, random);
  const int fresh = std::max(1, dreamt / (kMeanRows * options_.uses));
  for (int i = 0; i < fresh; ++i) pool.AddOne(most, random);

  const auto n = static_cast<std::size_t>(rows);
  const auto actions = static_cast<std::size_t>(action_count_);
  const auto size = static_cast<std::size_t>(EncodingSize());
  out->rows = rows;
  out->observations.resize(n * size, 0);
  out->policy.resize(n * actions, 0);
  out->legal.resize(n * actions, 0);
  out->value.resize(n, 1);  // The program that is being written is right.
  out->score.resize(n, 0);
  out->score_known.resize(n, 0);
  out->weight.resize(n, 1);
  out->ownership.clear();
  out->ownership_known.clear();
  for (auto i = static_cast<std::size_t>(stored); i < n; ++i) {
    const auto [one, row] = pool.Draw(random);
    const Hole& hole = one->holes[row];
    EncodePlace(*one->task, hole.place, hole.scope,
                std::span(out->observations).subspan(i * size, size));
    for (const auto& production : Productions()) {
      const bool fits = Fits(production.op, hole.type, hole.scope, one->program.vocabulary());
      out->legal[i * actions + production.op] = fits ? 1.0F : 0.0F;
    }
    std::fill_n(out->policy.begin() + static_cast<std::ptrdiff_t>(i * actions), actions, 0.0F);
    out->policy[i * actions + one->program.code[row]] = 1;
    out->value[i] = 1;
    out->weight[i] = 1;
  }
}

}  // namespace tesuji::env::program
