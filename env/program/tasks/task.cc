#include "env/program/tasks/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/files.h"
#include "core/untrusted_json.h"

namespace tesuji::env::program {
namespace {

Result<Datum> ReadNumber(const Json& json, const std::string& where) {
  Datum datum{Type::kInt, 0, {}};
  if (!json.is_number_integer()) {
    return Fail(fmt::format("{}: expected an integer, found {}", where, json.dump().substr(0, 40)));
  }
  const bool huge = json.is_number_unsigned() && json.get<std::uint64_t>() > kLimit;
  if (huge || json.get<std::int64_t>() < -kLimit || json.get<std::int64_t>() > kLimit) {
    return Fail(fmt::format("{}: {} is outside [-{}, {}]", where, json.dump(), kLimit, kLimit));
  }
  datum.number = json.get<std::int32_t>();
  return datum;
}

Result<Datum> ReadDatum(const Json& json, const std::string& where) {
  if (!json.is_array()) {
    if (json.is_number_integer()) return ReadNumber(json, where);
    return Fail(fmt::format("{}: expected an integer or a list of integers, found {}", where,
                            json.dump().substr(0, 40)));
  }
  if (json.size() > kMaxLength) {
    return Fail(fmt::format("{}: {} numbers, expected at most {}", where, json.size(), kMaxLength));
  }
  Datum datum;
  for (const Json& element : json) {
    auto number = ReadNumber(element, where);
    if (!number) return number;
    datum.list.push_back(number->number);
  }
  return datum;
}

/// Every element is an argument.
Result<Input> ReadArguments(const Json& json, const std::string& where) {
  if (!json.is_array()) {
    return Fail(fmt::format("{}: expected a list of arguments such as [48, 18], found {}", where,
                            json.dump().substr(0, 40)));
  }
  Input input;
  for (const Json& element : json) {
    auto datum = ReadDatum(element, where);
    if (!datum) return tl::unexpected(datum.error());
    input.push_back(std::move(*datum));
  }
  return input;
}

/// A list that holds a list is one of arguments; any other is one argument itself.
Result<Input> ReadInput(const Json& json, const std::string& where) {
  const auto is_list = [](const Json& element) { return element.is_array(); };
  if (json.is_array() && std::ranges::any_of(json, is_list)) return ReadArguments(json, where);
  auto datum = ReadDatum(json, where);
  if (!datum) return tl::unexpected(datum.error());
  return Input{std::move(*datum)};
}

Signature SignatureOf(const Example& example) {
  Signature signature;
  signature.inputs.clear();
  for (const Datum& datum : example.input) signature.inputs.push_back(datum.type);
  signature.output = example.output.type;
  return signature;
}

Result<std::vector<Example>> ReadExamples(const Json& json, const std::string& where) {
  if (!json.is_array()) return Fail(fmt::format("{}: expected a list of examples", where));
  if (json.size() > kMaxExamples) {
    return Fail(
        fmt::format("{}: {} examples, expected at most {}", where, json.size(), kMaxExamples));
  }
  std::vector<Example> examples;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string here = fmt::format("{}: example {}", where, i + 1);
    const Json& entry = json[i];
    if (!entry.is_object() || entry.contains("input") == entry.contains("inputs") ||
        !entry.contains("output")) {
      return Fail(here +
                  ": expected {\"input\": …, \"output\": …}, or {\"inputs\": [one, other], "
                  "\"output\": …} for several arguments");
    }
    auto input = entry.contains("inputs") ? ReadArguments(entry["inputs"], here + ": inputs")
                                          : ReadInput(entry["input"], here + ": input");
    if (!input) return tl::unexpected(input.error());
    auto output = ReadDatum(entry["output"], here + ": output");
    if (!output) return tl::unexpected(output.error());
    examples.push_back({std::move(*input), std::move(*output)});
  }
  return examples;
}

Status CheckExamples(const ProgramTask& task, const std::string& where) {
  if (task.seen.empty()) return Fail(where + ": no examples");
  const auto lists = std::ranges::count(task.signature.inputs, Type::kList);
  const auto ints = std::ranges::count(task.signature.inputs, Type::kInt);
  if (lists > 2 || ints > 2) {
    return Fail(where + ": expected at most two lists and two numbers as input");
  }
  std::vector<const Example*> all;
  for (const auto& example : task.seen) all.push_back(&example);
  for (const auto& example : task.unseen) all.push_back(&example);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (SignatureOf(*all[i]) != task.signature) {
      return Fail(fmt::format("{}: example {} has other types than example 1", where, i + 1));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (all[i]->input == all[j]->input && all[i]->output != all[j]->output) {
        return Fail(fmt::format(
            "{}: examples {} and {} contradict each other: one input, two outputs; no program does "
            "both",
            where, j + 1, i + 1));
      }
    }
  }
  return {};
}

/// The longest list that all outputs start (or end) with.
std::vector<std::int32_t> CommonEnd(const std::vector<Example>& examples, bool front) {
  std::vector<std::int32_t> common = examples[0].output.list;
  if (!front) std::ranges::reverse(common);
  for (const Example& example : examples) {
    std::vector<std::int32_t> list = example.output.list;
    if (!front) std::ranges::reverse(list);
    const auto [end, ignored] = std::ranges::mismatch(common, list);
    common.erase(end, common.end());
  }
  if (!front) std::ranges::reverse(common);
  return common;
}

/// The longest run of numbers that is in all outputs.
std::vector<std::int32_t> CommonRun(const std::vector<Example>& examples) {
  const auto& first = examples[0].output.list;
  std::vector<std::int32_t> best;
  for (std::size_t begin = 0; begin < first.size(); ++begin) {
    for (std::size_t length = best.size() + 1; begin + length <= first.size(); ++length) {
      const std::vector<std::int32_t> run(
          first.begin() + static_cast<std::ptrdiff_t>(begin),
          first.begin() + static_cast<std::ptrdiff_t>(begin + length));
      const bool everywhere = std::ranges::all_of(examples, [&](const Example& example) {
        return !std::ranges::search(example.output.list, run).empty();
      });
      if (!everywhere) break;
      best = run;
    }
  }
  return best;
}

bool InInput(const Example& example, std::int32_t value) {
  return std::ranges::any_of(example.input, [&](const Datum& datum) {
    return datum.type == Type::kInt ? datum.number == value
                                    : std::ranges::find(datum.list, value) != datum.list.end();
  });
}

/// Where outputs keep some elements of the first list and drop the others by size: the largest of
/// the smaller kind and the smallest of the larger kind.
void AddThresholds(const std::vector<Example>& examples, std::vector<std::int32_t>* out) {
  std::int32_t kept_low = kLimit, kept_high = -kLimit, dropped_low = kLimit, dropped_high = -kLimit;
  for (const Example& example : examples) {
    if (example.input.empty() || example.input[0].type != Type::kList) return;
    for (const std::int32_t x : example.input[0].list) {
      const bool kept = std::ranges::find(example.output.list, x) != example.output.list.end();
      (kept ? kept_low : dropped_low) = std::min(kept ? kept_low : dropped_low, x);
      (kept ? kept_high : dropped_high) = std::max(kept ? kept_high : dropped_high, x);
    }
  }
  if (kept_low > dropped_high && dropped_high != -kLimit && kept_low != kLimit) {
    out->push_back(dropped_high);
    out->push_back(kept_low);
  }
  if (dropped_low > kept_high && dropped_low != kLimit && kept_high != -kLimit) {
    out->push_back(kept_high);
    out->push_back(dropped_low);
  }
}

/// Numbers in at least half of the inputs: examples are chosen to show what happens to them.
void AddFrequent(const std::vector<Example>& examples, std::vector<std::int32_t>* out) {
  std::map<std::int32_t, int> counts;
  for (const Example& example : examples) {
    std::set<std::int32_t> numbers;
    for (const Datum& datum : example.input) numbers.insert(datum.list.begin(), datum.list.end());
    for (const std::int32_t x : numbers) ++counts[x];
  }
  const int needed = std::max<int>(3, static_cast<int>(examples.size() + 1) / 2);
  for (const auto& [value, count] : counts) {
    if (count >= needed) out->push_back(value);
  }
}

}  // namespace

ConstantPool MineConstants(const std::vector<Example>& examples) {
  ConstantPool pool;
  if (examples.empty()) return pool;
  std::vector<std::int32_t> candidates;
  // Unexplained numbers, by how many outputs have them, then by value.
  std::vector<std::pair<int, std::int32_t>> found;
  for (const Example& example : examples) {
    std::vector<std::int32_t> numbers = example.output.list;
    if (example.output.type == Type::kInt) numbers = {example.output.number};
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    for (const std::int32_t value : numbers) {
      if (InInput(example, value)) continue;
      const auto known = std::ranges::find(found, value, &std::pair<int, std::int32_t>::second);
      if (known == found.end()) {
        found.emplace_back(-1, value);
      } else {
        --known->first;
      }
    }
  }
  std::ranges::sort(found);
  const int needed = std::max<int>(2, static_cast<int>(examples.size()) / 3);
  for (const auto& [count, value] : found) {
    if (-count >= needed) candidates.push_back(value);
  }
  if (candidates.size() > kIntPool - 2) candidates.resize(kIntPool - 2);
  AddThresholds(examples, &candidates);
  AddFrequent(examples, &candidates);
  for (const std::int32_t value : candidates) {
    if (value >= 0 && value <= 10) continue;  // Has a production of its own.
    if (std::ranges::find(pool.ints, value) != pool.ints.end()) continue;
    if (pool.ints.size() < kIntPool) pool.ints.push_back(value);
  }
  if (examples[0].output.type != Type::kList) return pool;
  for (const auto& list :
       {CommonEnd(examples, true), CommonEnd(examples, false), CommonRun(examples)}) {
    if (list.size() < 2 || std::ranges::find(pool.lists, list) != pool.lists.end()) continue;
    pool.lists.push_back(list);
  }
  return pool;
}

Json ToJson(const Datum& datum) {
  return datum.type == Type::kInt ? Json(datum.number) : Json(datum.list);
}

Json ToJson(const ProgramTask& task) {
  const auto write = [](const std::vector<Example>& examples) {
    Json list = Json::array();
    for (const Example& example : examples) {
      Json arguments = Json::array();
      bool lists = false;
      for (const Datum& datum : example.input) {
        arguments.push_back(ToJson(datum));
        lists = lists || datum.type == Type::kList;
      }
      // Two numbers under "input" would be read as one list.
      const bool plain = lists || example.input.size() == 1;
      const Json input = example.input.size() == 1 ? arguments[0] : arguments;
      list.push_back({{plain ? "input" : "inputs", input}, {"output", ToJson(example.output)}});
    }
    return list;
  };
  Json json = {{"id", task.id}, {"seen", write(task.seen)}};
  if (!task.unseen.empty()) json["unseen"] = write(task.unseen);
  return json;
}

Result<ProgramTask> TaskFromJson(const Json& json, const std::string& where) {
  if (!json.is_object()) return Fail(where + ": expected an object");
  ProgramTask task;
  if (const auto id = json.find("id"); id != json.end()) {
    if (!id->is_string()) return Fail(where + ": id: expected text");
    task.id = id->get<std::string>();
  }
  const char* key = json.contains("seen") ? "seen" : "examples";
  if (!json.contains(key)) {
    return Fail(where + ": expected \"seen\" or \"examples\": a list of {\"input\", \"output\"}");
  }
  auto seen = ReadExamples(json[key], fmt::format("{}: {}", where, key));
  if (!seen) return tl::unexpected(seen.error());
  task.seen = std::move(*seen);
  if (json.contains("unseen")) {
    auto unseen = ReadExamples(json["unseen"], where + ": unseen");
    if (!unseen) return tl::unexpected(unseen.error());
    task.unseen = std::move(*unseen);
  }
  if (!task.seen.empty()) task.signature = SignatureOf(task.seen[0]);
  if (Status status = CheckExamples(task, where); !status) return tl::unexpected(status.error());
  task.constants = MineConstants(task.seen);
  return task;
}

Result<std::vector<ProgramTask>> LoadTasks(const std::filesystem::path& path) {
  auto text = ReadFile(path);
  if (!text) return tl::unexpected(text.error());
  std::vector<ProgramTask> tasks;
  std::size_t line_number = 0;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    const std::string_view line = std::string_view(*text).substr(at, end - at);
    at = end + 1;
    ++line_number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string where = fmt::format("{}:{}", path.string(), line_number);
    const auto json = ParseUntrustedJson(line);
    if (!json) {
      return Fail(fmt::format("{}: {}; expected one task a line", where, json.error().message));
    }
    auto task = TaskFromJson(*json, where);
    if (!task) return tl::unexpected(task.error());
    if (task->id.empty()) task->id = fmt::format("task-{}", line_number);
    tasks.push_back(std::move(*task));
  }
  if (tasks.empty()) return Fail(path.string() + ": holds no tasks");
  return tasks;
}

Result<ProgramTask> LoadTask(const std::filesystem::path& path) {
  auto text = ReadFile(path);
  if (!text) return tl::unexpected(text.error());
  auto json = ParseUntrustedJson(*text);
  if (!json) return Fail(fmt::format("{}: {}", path.string(), json.error().message));
  if (json->is_array()) *json = {{"examples", *json}};
  auto task = TaskFromJson(*json, path.string());
  if (task && task->id.empty()) task->id = path.stem().string();
  return task;
}

int CountRight(Runner* runner, const Program& program, const std::vector<Example>& examples,
               bool all) {
  int right = 0;
  for (const Example& example : examples) {
    const RunOutcome outcome = runner->Run(program, example.input);
    if (outcome.ending == Ending::kValue && outcome.value == example.output) {
      ++right;
    } else if (!all) {
      return right;
    }
  }
  return right;
}

}  // namespace tesuji::env::program
