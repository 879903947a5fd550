#include "env/program/language/renaming.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tesuji::env::program {
namespace {

/// {xs, ys, k, m} of an input, null where there is none, under a renaming.
std::array<const Datum*, 4> ByVariable(const Signature& signature, const Input& input,
                                       const InputNames& names) {
  std::array<const Datum*, 4> by_variable{};
  for (std::size_t i = 0; i < input.size(); ++i) {
    const int variable = signature.VariableOf(static_cast<int>(i)) - kXs;
    by_variable[static_cast<std::size_t>(names[static_cast<std::size_t>(variable)])] = &input[i];
  }
  return by_variable;
}

}  // namespace

std::vector<InputNames> Renamings(const Signature& signature) {
  const auto lists = std::ranges::count(signature.inputs, Type::kList);
  const auto ints = std::ranges::count(signature.inputs, Type::kInt);
  std::vector<InputNames> all = {kOwnNames};
  if (lists == 2) all.push_back({1, 0, 2, 3});
  if (ints == 2) all.push_back({0, 1, 3, 2});
  if (lists == 2 && ints == 2) all.push_back({1, 0, 3, 2});
  return all;
}

Input Rearranged(const Signature& from, const Input& input, const InputNames& names,
                 const Signature& to) {
  const auto by_variable = ByVariable(from, input, names);
  Input arranged;
  for (std::size_t i = 0; i < to.inputs.size(); ++i) {
    const int variable = to.VariableOf(static_cast<int>(i)) - kXs;
    arranged.push_back(*by_variable[static_cast<std::size_t>(variable)]);
  }
  return arranged;
}

std::string ExampleText(const Signature& signature, const Example& example,
                        const InputNames& names) {
  Json line = Json::array();
  for (const Datum* datum : ByVariable(signature, example.input, names)) {
    line.push_back(datum == nullptr ? Json() : ToJson(*datum));
  }
  line.push_back(ToJson(example.output));
  return line.dump();
}

Json ExamplesIdentity(const Signature& signature, const std::vector<Example>& examples) {
  Json first;
  std::string first_text;
  for (const InputNames& names : Renamings(signature)) {
    std::vector<std::string> lines;
    for (const Example& example : examples) {
      lines.push_back(ExampleText(signature, example, names));
    }
    std::ranges::sort(lines);
    const auto rest = std::ranges::unique(lines);
    lines.erase(rest.begin(), rest.end());
    std::string text = fmt::format("{}", fmt::join(lines, "\n"));
    if (first_text.empty() || text < first_text) {
      first_text = std::move(text);
      first = std::move(lines);
    }
  }
  return first;
}

}  // namespace tesuji::env::program
