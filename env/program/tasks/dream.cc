#include "env/program/tasks/dream.h"

#include <algorithm>
#include <optional>
#include <set>

#include "env/program/language/shrink.h"
#include "env/program/tasks/dream_grammar.h"

namespace tesuji::env::program {
namespace {

constexpr std::size_t kLongestOutput = 20;
constexpr std::int32_t kLargestOutput = 9999;

/// How the inputs of one task are drawn.
struct Style {
  std::int32_t limit = 10;  ///< Numbers are below it.
  int shortest = 0;
  int longest = 10;
  bool repeats = false;   ///< Few different numbers, many times.
  bool distinct = false;  ///< No number twice.
  /// Numbers that the program names: inputs show what it does with them.
  std::vector<std::int32_t> named;
};

Style RandomStyle(RandomStream* random) {
  Style style;
  style.limit = random->Chance(0.5) ? 10 : 100;
  style.longest = random->Chance(0.8) ? 10 : 6;
  style.shortest = static_cast<int>(random->Below(4));
  style.repeats = random->Chance(0.25);
  style.distinct = !style.repeats && random->Chance(0.3);
  return style;
}

std::vector<std::int32_t> DrawList(const Style& style, RandomStream* random) {
  const auto below = [&](std::int32_t limit) {
    return static_cast<std::int32_t>(random->Below(static_cast<std::uint64_t>(limit)));
  };
  std::vector<std::int32_t> list(
      static_cast<std::size_t>(style.shortest + below(style.longest - style.shortest + 1)));
  std::vector<std::int32_t> few;
  for (int i = 0; i < 3; ++i) few.push_back(below(style.limit));
  for (auto& x : list) {
    // Larger ranges keep a share of small numbers, or positions would never be among them.
    x = style.repeats ? few[random->Below(few.size())]
                      : below(style.limit > 10 && random->Chance(0.3) ? 10 : style.limit);
  }
  if (!style.named.empty() && !list.empty() && random->Chance(0.6)) {
    list[random->Below(list.size())] = style.named[random->Below(style.named.size())];
  }
  if (!style.distinct) return list;
  std::vector<std::int32_t> distinct;
  for (const std::int32_t x : list) {
    if (std::ranges::find(distinct, x) == distinct.end()) distinct.push_back(x);
  }
  return distinct;
}

Signature RandomSignature(RandomStream* random) {
  Signature signature;
  switch (random->Below(5)) {
    case 0:
      signature.inputs = {Type::kList};
      break;
    case 1:
      signature.inputs = {Type::kList, Type::kInt};
      break;
    case 2:
      signature.inputs = {Type::kInt, Type::kList};
      break;
    case 3:
      signature.inputs = {Type::kList, Type::kList};
      break;
    default:
      signature.inputs = {Type::kInt};
      if (random->Chance(0.5)) signature.inputs.push_back(Type::kInt);
  }
  signature.output = random->Chance(0.6) ? Type::kInt : Type::kList;
  return signature;
}

Input DrawInput(const Signature& signature, const Style& style, RandomStream* random) {
  Input input;
  for (const Type type : signature.inputs) {
    if (type == Type::kList) {
      input.push_back({Type::kList, 0, DrawList(style, random)});
    } else {
      const std::uint64_t limit =
          random->Chance(0.7) ? 10 : static_cast<std::uint64_t>(style.limit);
      input.push_back({Type::kInt, static_cast<std::int32_t>(random->Below(limit)), {}});
    }
  }
  return input;
}

std::vector<std::int32_t> NumbersOf(const Program& program) {
  std::vector<std::int32_t> numbers;
  for (const Op op : program.code) {
    if (op <= kTen) numbers.push_back(op);
    if (op >= kCopyInt && op < kCopyList) numbers.push_back(program.constants.ints[op - kCopyInt]);
  }
  return numbers;
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

/// Whether the body of some lambda uses none of its variables.
bool HasIdleLambda(const Program& program) {
  const auto& code = program.code;
  for (std::size_t at = 0; at < code.size(); ++at) {
    std::size_t kid = at + 1;
    const Production& production = Of(code[at]);
    for (int i = 0; i < production.arity; ++i) {
      const std::size_t end = SubtreeEnd(code, kid);
      const bool uses = std::any_of(code.begin() + static_cast<std::ptrdiff_t>(kid),
                                    code.begin() + static_cast<std::ptrdiff_t>(end),
                                    [](Op op) { return op == kX || op == kY || op == kRow; });
      if (production.arguments[i].binds != Binds::kNothing && !uses) return true;
      kid = end;
    }
  }
  return false;
}

std::optional<Dream> Try(const DreamOptions& options, RandomStream* random, Runner* runner) {
  Program like;
  like.constants = RandomPool(random);
  const bool other = options.other_signatures > 0 && random->Chance(options.other_signatures);
  if (other) like.signature = RandomSignature(random);
  Dream dream;
  const DreamGrammar grammar(random);
  dream.program = SampleProgram(
      like, [&](const Hole& hole, Op op) { return grammar.Weight(hole, op); }, options.max_nodes,
      random);
  Style style = RandomStyle(random);
  style.named = NumbersOf(dream.program);
  std::set<std::pair<std::int32_t, std::vector<std::int32_t>>> outputs;
  bool changes = false;
  const int wanted = options.seen + options.unseen;
  std::vector<Example> examples;
  for (int tries = 0; static_cast<int>(examples.size()) < wanted; ++tries) {
    if (tries > 3 * wanted) return std::nullopt;
    Example example;
    example.input = DrawInput(like.signature, style, random);
    if (std::ranges::find(examples, example.input, &Example::input) != examples.end()) continue;
    const RunOutcome outcome = runner->Run(dream.program, example.input);
    // A few inputs may be unfit (too short): others take their place.
    if (outcome.ending != Ending::kValue) continue;
    if (!Small(outcome.value)) return std::nullopt;
    example.output = outcome.value;
    outputs.emplace(example.output.number, example.output.list);
    changes = changes || example.output != example.input[0];
    examples.push_back(std::move(example));
  }
  const bool constant = outputs.size() < 3;
  if (!changes || (constant && !random->Chance(0.02))) return std::nullopt;
  dream.task.signature = like.signature;
  dream.task.seen.assign(examples.begin(), examples.begin() + options.seen);
  dream.task.unseen.assign(examples.begin() + options.seen, examples.end());
  dream.task.constants = MineConstants(dream.task.seen);
  // Constants that do nothing need not be found in the examples.
  Shrink(examples, runner, &dream.program);
  if (!Rebase(dream.task.constants, &dream.program)) return std::nullopt;
  Shrink(examples, runner, &dream.program);
  if (HasIdleLambda(dream.program) && !random->Chance(0.1)) return std::nullopt;
  // Small programs are drawn too often: their share grows with their size up to here.
  constexpr double kEvenFrom = 8;
  if (!random->Chance(static_cast<double>(dream.program.code.size()) / kEvenFrom)) {
    return std::nullopt;
  }
  return dream;
}

}  // namespace

std::vector<std::int32_t> RandomList(RandomStream* random) {
  return DrawList(RandomStyle(random), random);
}

Dream DreamTask(const DreamOptions& options, RandomStream* random) {
  Runner runner(200'000);
  while (true) {
    if (auto dream = Try(options, random, &runner)) return std::move(*dream);
  }
}

}  // namespace tesuji::env::program
