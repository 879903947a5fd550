#include "env/program/dream.h"

#include <algorithm>
#include <set>

namespace tesuji::env::program {
namespace {

constexpr std::size_t kLongestOutput = 20;
constexpr std::int32_t kLargestOutput = 9999;

/// How the inputs of one task are drawn.
struct Style {
  std::int32_t limit = 10;  ///< Numbers are below it.
  int longest = 10;
  bool repeats = false;  ///< Few different numbers, many times.
};

Style RandomStyle(RandomStream* random) {
  Style style;
  style.limit = random->Chance(0.5) ? 10 : 100;
  style.longest = random->Chance(0.8) ? 10 : 6;
  style.repeats = random->Chance(0.3);
  return style;
}

std::vector<std::int32_t> DrawList(const Style& style, RandomStream* random) {
  std::vector<std::int32_t> list(random->Below(static_cast<std::uint64_t>(style.longest) + 1));
  std::vector<std::int32_t> few;
  for (int i = 0; i < 3; ++i) {
    few.push_back(
        static_cast<std::int32_t>(random->Below(static_cast<std::uint64_t>(style.limit))));
  }
  for (auto& x : list) {
    // Larger ranges keep a share of small numbers, or positions would never be among them.
    const std::int32_t limit = style.limit > 10 && random->Chance(0.3) ? 10 : style.limit;
    x = style.repeats ? few[random->Below(few.size())]
                      : static_cast<std::int32_t>(random->Below(static_cast<std::uint64_t>(limit)));
  }
  return list;
}

ConstantPool RandomPool(RandomStream* random) {
  ConstantPool pool;
  for (std::uint64_t n = random->Below(3); n > 0; --n) {
    pool.ints.push_back(static_cast<std::int32_t>(11 + random->Below(89)));
  }
  if (random->Chance(0.3)) {
    std::vector<std::int32_t> list(2 + random->Below(5));
    for (auto& x : list)
      x = static_cast<std::int32_t>(random->Below(random->Chance(0.5) ? 10 : 100));
    pool.lists.push_back(std::move(list));
  }
  return pool;
}

bool Small(const Datum& datum) {
  if (datum.type == Type::kInt) return std::abs(datum.number) <= kLargestOutput;
  return datum.list.size() <= kLongestOutput && std::ranges::all_of(datum.list, [](std::int32_t x) {
           return std::abs(x) <= kLargestOutput;
         });
}

/// Rewrites the program for the constants that are found in its own examples. False when one that
/// it uses is not among them.
bool Rebase(const ConstantPool& pool, Program* program) {
  for (Op& op : program->code) {
    if (op >= kCopyInt && op < kCopyList) {
      const auto found = std::ranges::find(pool.ints, program->constants.ints[op - kCopyInt]);
      if (found == pool.ints.end()) return false;
      op = static_cast<Op>(kCopyInt + (found - pool.ints.begin()));
    } else if (op >= kCopyList && op < kX) {
      const auto found = std::ranges::find(pool.lists, program->constants.lists[op - kCopyList]);
      if (found == pool.lists.end()) return false;
      op = static_cast<Op>(kCopyList + (found - pool.lists.begin()));
    }
  }
  program->constants = pool;
  return true;
}

std::optional<Dream> Try(std::span<const float> weights, const DreamOptions& options,
                         RandomStream* random, Runner* runner) {
  Program like;
  like.constants = RandomPool(random);
  Dream dream;
  dream.program = SampleProgram(like, weights, options.max_nodes, random);
  const Style style = RandomStyle(random);
  std::set<std::vector<std::int32_t>> outputs;
  bool changes = false;
  const int wanted = options.seen + options.unseen;
  std::vector<Example> examples;
  std::set<std::vector<std::int32_t>> inputs;
  for (int tries = 0; static_cast<int>(examples.size()) < wanted; ++tries) {
    if (tries > 3 * wanted) return std::nullopt;
    Example example;
    example.input.push_back({Type::kList, 0, DrawList(style, random)});
    if (!inputs.insert(example.input[0].list).second) continue;
    const RunOutcome outcome = runner->Run(dream.program, example.input);
    // A few inputs may be unfit (too short): others take their place.
    if (outcome.ending != Ending::kValue) continue;
    if (!Small(outcome.value)) return std::nullopt;
    example.output = outcome.value;
    outputs.insert(example.output.list);
    changes = changes || example.output.list != example.input[0].list;
    examples.push_back(std::move(example));
  }
  const bool constant = outputs.size() < 3;
  if (!changes || (constant && !random->Chance(0.05))) return std::nullopt;
  dream.task.seen.assign(examples.begin(), examples.begin() + options.seen);
  dream.task.unseen.assign(examples.begin() + options.seen, examples.end());
  dream.task.constants = MineConstants(dream.task.seen);
  if (!Rebase(dream.task.constants, &dream.program)) return std::nullopt;
  return dream;
}

}  // namespace

std::vector<std::int32_t> RandomList(RandomStream* random) {
  return DrawList(RandomStyle(random), random);
}

Dream DreamTask(std::span<const float> weights, const DreamOptions& options, RandomStream* random) {
  Runner runner(200'000);
  while (true) {
    if (auto dream = Try(weights, options, random, &runner)) return std::move(*dream);
  }
}

}  // namespace tesuji::env::program
