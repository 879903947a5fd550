#include "env/program/language/behaviour.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/random.h"
#include "core/sha256.h"
#include "env/program/language/renaming.h"
#include "env/program/tasks/dream.h"

namespace tesuji::env::program {
namespace {

constexpr std::uint64_t kSeed = 0x70726f6265ULL;
constexpr int kProbes = 512;
constexpr std::int64_t kFuel = 2'000'000;

std::int32_t RandomNumber(RandomStream* random) {
  // Every size of number: a threshold may lie anywhere.
  const int bits = 1 + static_cast<int>(random->Below(random->Chance(0.2) ? 20 : 7));
  const auto number =
      static_cast<std::int32_t>(random->Below(static_cast<std::uint64_t>(1) << bits));
  return random->Chance(0.15) ? -number : number;
}

std::vector<std::int32_t> RandomProbeList(int number, RandomStream* random) {
  if (number % 4 != 0) return RandomList(random);  // As tasks have them.
  const auto longest = number % 8 == 0 ? 12U : 24U;
  std::vector<std::int32_t> list(random->Below(longest + 1));
  for (auto& x : list) x = RandomNumber(random);
  if (random->Chance(0.15)) std::ranges::sort(list);
  if (list.size() > 2 && random->Chance(0.3)) {
    for (std::size_t i = 1; i < list.size(); i += 2) list[i] = list[random->Below(i)];
  }
  return list;
}

Datum RandomDatum(Type type, int number, RandomStream* random) {
  if (type == Type::kList) return {Type::kList, 0, RandomProbeList(number, random)};
  // Mostly a position or a count.
  const bool small = random->Chance(0.7);
  return {
      Type::kInt, small ? static_cast<std::int32_t>(random->Below(8)) : RandomNumber(random), {}};
}

}  // namespace

std::vector<Input> ProbeInputs(const Signature& signature) {
  RandomStream random({kSeed});
  std::vector<Input> probes;
  // The same lists whatever the order of arguments: drawn by variable, then put in order.
  for (int number = 0; number < kProbes; ++number) {
    Input by_variable;
    for (const Type type : {Type::kList, Type::kList, Type::kInt, Type::kInt}) {
      by_variable.push_back(RandomDatum(type, number, &random));
    }
    if (number < 4) by_variable[0].list.resize(std::min<std::size_t>(number, 3));
    Input input;
    for (std::size_t i = 0; i < signature.inputs.size(); ++i) {
      const int variable = signature.VariableOf(static_cast<int>(i)) - kXs;
      input.push_back(by_variable[static_cast<std::size_t>(variable)]);
    }
    probes.push_back(std::move(input));
  }
  return probes;
}

std::string BehaviourOf(const Program& program) {
  Runner runner(kFuel);
  const auto probes = ProbeInputs(program.signature);
  std::string first;
  for (const InputNames& names : Renamings(program.signature)) {
    std::string results;
    bool any = false;
    for (const Input& probe : probes) {
      const RunOutcome outcome =
          runner.Run(program, Rearranged(program.signature, probe, names, program.signature));
      if (outcome.ending == Ending::kOutOfFuel) return {};
      any = any || outcome.ending == Ending::kValue;
      results += outcome.ending == Ending::kValue ? ToJson(outcome.value).dump() : "failed";
      results += '\n';
    }
    if (!any) return {};
    if (first.empty() || results < first) first = std::move(results);
  }
  const auto lists = std::ranges::count(program.signature.inputs, Type::kList);
  const auto ints = std::ranges::count(program.signature.inputs, Type::kInt);
  return Sha256Hex(fmt::format("{} {} {}\n{}", lists, ints,
                               program.signature.output == Type::kInt ? "int" : "list", first));
}

}  // namespace tesuji::env::program
