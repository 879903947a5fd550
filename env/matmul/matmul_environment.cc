#include "env/matmul/matmul_environment.h"

#include <fmt/format.h>

#include <algorithm>

#include "env/matmul/tensor_check.h"
#include "env/matmul/walk.h"

namespace tesuji::env::matmul {
namespace {

constexpr std::int64_t kMaxWalk = 2'000'000'000;

// An integer of `json[key]` within bounds, or what is wrong.
Result<std::int64_t> ReadInteger(const Json& json, const char* key, std::int64_t minimum,
                                 std::int64_t maximum) {
  const auto it = json.find(key);
  const bool integer =
      it != json.end() && it->is_number_integer() &&
      !(it->is_number_unsigned() && it->get<std::uint64_t>() > static_cast<std::uint64_t>(maximum));
  if (!integer || it->get<std::int64_t>() < minimum || it->get<std::int64_t>() > maximum) {
    return Fail(fmt::format("walk: {}: expected an integer of {} to {}", key, minimum, maximum));
  }
  return it->get<std::int64_t>();
}

Result<RandomStream> ReadStream(const Json& walk) {
  const auto it = walk.find("stream");
  const auto good = [](const Json& number) { return number.is_number_unsigned(); };
  if (it == walk.end() || !it->is_array() || it->size() != 4 || !std::ranges::all_of(*it, good)) {
    return Fail("walk: stream: expected four unsigned integers");
  }
  const Json& path = *it;
  return RandomStream({path[0].get<std::uint64_t>(), path[1].get<std::uint64_t>(),
                       path[2].get<std::uint64_t>(), path[3].get<std::uint64_t>()});
}

Result<Scheme> MakeWalk(const Scheme& start, const Json& walk) {
  if (!walk.is_object()) return Fail("walk: expected a table");
  auto random = ReadStream(walk);
  if (!random) return tl::unexpected(random.error());
  const auto flips = ReadInteger(walk, "flips", 0, kMaxWalk);
  const auto plus_after = ReadInteger(walk, "plus_after", 1, kMaxWalk);
  const auto band = ReadInteger(walk, "band", 1, 32);
  const auto target = ReadInteger(walk, "target_rank", 0, 1000);
  for (const auto& number : {flips, plus_after, band, target}) {
    if (!number) return tl::unexpected(number.error());
  }
  for (const char* flag : {"wander", "cyclic"}) {
    if (walk.value(flag, Json(true)) != true) {
      return Fail(fmt::format("walk: {}: expected true", flag));
    }
  }
  const bool cyclic = walk.contains("cyclic");
  if (cyclic && !MayWalkCyclic(start)) {
    return Fail("walk: cyclic: the start has no cyclic symmetry");
  }
  FlipPolicy policy;
  if (const auto it = walk.find("policy"); it != walk.end()) {
    if (!it->is_object()) return Fail("walk: policy: expected a table");
    for (const auto& [key, out] : {std::pair{"ones", &policy.ones}, {"pairs", &policy.pairs}}) {
      auto number = ReadInteger(*it, key, -FlipPolicy::kMost, FlipPolicy::kMost);
      if (!number) return Fail("walk: policy: " + number.error().message);
      *out = static_cast<int>(*number);
    }
  }
  const WalkOptions options{.flips = *flips,
                            .plus_after = *plus_after,
                            .band = static_cast<int>(*band),
                            .target_rank = static_cast<int>(*target),
                            .cyclic = cyclic,
                            .policy = policy,
                            .wander = walk.contains("wander"),
                            .stop = {}};
  return Rewalk(start, options, *random, *flips);
}

}  // namespace

Result<std::unique_ptr<const MatmulEnvironment>> MatmulEnvironment::Make(
    const MatmulOptions& options) {
  if (auto status = CheckFormat(options.format); !status) return tl::unexpected(status.error());
  const int standard = options.format.standard_rank();
  if (options.target_rank >= standard) {
    return Fail(fmt::format("target = {}: expected less than {}, the standard rank of {}",
                            options.target_rank, standard, options.format.ToText()));
  }
  if (standard < 2) return Fail("format 1x1x1: a single product leaves nothing to search");
  return std::unique_ptr<const MatmulEnvironment>(new MatmulEnvironment(options));
}

MatmulEnvironment::MatmulEnvironment(const MatmulOptions& options) : options_(options) {
  const int standard = options.format.standard_rank();
  const int published = PublishedRank(options.format, options.ring).value_or(standard);
  context_ = {.format = options.format,
              .ring = options.ring,
              .max_steps = options.max_steps,
              .max_rank = standard + options.spare_terms,
              .target_rank = options.target_rank > 0 ? options.target_rank : published - 1};
  spec_.id = "matmul";
  spec_.action_count = context_.stop_action() + 1;
  spec_.player_count = 1;
  spec_.max_steps = options.max_steps;
  spec_.observation = {.planes = context_.observation_planes(),
                       .height = context_.max_rank,
                       .width = context_.max_rank};
  spec_.actions = {.planes_over_cells = context_.action_planes(), .other_actions = 1};
  spec_.has_score = true;
  spec_.score_scale = static_cast<float>(standard - context_.target_rank);
  Symmetry identity;
  for (int cell = 0; cell < context_.cells(); ++cell) identity.cells.push_back(cell);
  for (int action = 0; action < spec_.action_count; ++action) identity.actions.push_back(action);
  spec_.symmetries.push_back(std::move(identity));
  spec_.artifact_extension = "json";
}

Task MatmulEnvironment::SampleTask(RandomStream& random) const {
  Task task{.id = options_.format.ToText(), .parameters = Json::object()};
  if (options_.scramble == 0) return task;
  const Json stream = {random(), random(), std::uint64_t{0}, std::uint64_t{0}};
  task.parameters["walk"] = {
      {"stream", stream}, {"flips", options_.scramble}, {"plus_after", options_.scramble + 1},
      {"band", 1},        {"target_rank", 0},           {"wander", true}};
  return task;
}

Result<Scheme> MatmulEnvironment::ReadScheme(const Json& json, int most_terms) const {
  auto scheme = SchemeFromJson(json);
  if (!scheme) return scheme;
  if (scheme->format != options_.format || scheme->ring != options_.ring) {
    return Fail(fmt::format("the scheme is for {} over {}, expected {} over {}",
                            scheme->format.ToText(), RingName(scheme->ring),
                            options_.format.ToText(), RingName(options_.ring)));
  }
  if (scheme->rank() > most_terms) {
    return Fail(fmt::format("the scheme has {} terms, this environment holds at most {}",
                            scheme->rank(), most_terms));
  }
  if (auto status = CheckScheme(*scheme); !status) return tl::unexpected(status.error());
  return scheme;
}

Result<std::unique_ptr<State>> MatmulEnvironment::NewState(const Task& task) const {
  Scheme scheme = StandardScheme(options_.format, options_.ring);
  bool over = false;
  const auto walk = task.parameters.find("walk");
  const bool walks = walk != task.parameters.end();
  for (const auto& [key, value] : task.parameters.items()) {
    if (key == "start") {
      // A walk may start from more terms than the agent can hold, as long as it leads down.
      auto start = ReadScheme(value, walks ? kMaxWalkTerms : context_.max_rank);
      if (!start) return Fail("matmul task: start: " + start.error().message);
      scheme = std::move(*start);
    } else if (key == "over" && value.is_boolean()) {
      over = value.get<bool>();
    } else if (key != "walk") {
      return Fail(fmt::format("matmul task: {}: expected \"start\", \"walk\" or \"over\"", key));
    }
  }
  if (walks) {
    auto walked = MakeWalk(scheme, *walk);
    if (!walked) return Fail("matmul task: " + walked.error().message);
    if (walked->rank() > context_.max_rank) {
      return Fail(
          fmt::format("matmul task: walk: ends at {} terms, this environment holds at most {}",
                      walked->rank(), context_.max_rank));
    }
    scheme = std::move(*walked);
  }
  return std::make_unique<MatmulState>(context_, std::move(scheme), 0, over ? "walk" : "");
}

Result<std::unique_ptr<State>> MatmulEnvironment::FromArtifact(std::string_view artifact) const {
  auto json = ParseSchemeJson(artifact);
  if (!json) return tl::unexpected(json.error());
  auto scheme = ReadScheme(*json, context_.max_rank);
  if (!scheme) return tl::unexpected(scheme.error());
  std::int64_t steps = 0;
  std::string end;
  if (json->contains("steps")) {
    auto taken = ReadInteger(*json, "steps", 0, options_.max_steps);
    if (!taken) return Fail("scheme: steps: expected an integer of 0 to max_steps");
    steps = *taken;
  }
  if (const auto it = json->find("end"); it != json->end()) {
    if (!it->is_string() || (*it != "stop" && *it != "walk" && *it != "step-limit")) {
      return Fail("scheme: end: expected \"stop\", \"walk\" or \"step-limit\"");
    }
    end = it->get<std::string>();
  }
  return std::make_unique<MatmulState>(context_, std::move(*scheme), static_cast<int>(steps), end);
}

Json MatmulEnvironment::parameters() const {
  return {{"format", options_.format.ToText()}, {"ring", RingName(options_.ring)},
          {"max_steps", options_.max_steps},    {"spare_terms", options_.spare_terms},
          {"target", context_.target_rank},     {"scramble", options_.scramble}};
}

Result<std::unique_ptr<const MatmulEnvironment>> MatmulEnvironment::FromParameters(
    const Json& parameters) {
  auto complete = CompleteParameters(MatmulFactory(), parameters);
  if (!complete) return tl::unexpected(complete.error());
  MatmulOptions options;
  auto format = ParseFormat(complete->at("format").get<std::string>());
  if (!format) return tl::unexpected(format.error());
  options.format = *format;
  options.ring = ParseRing(complete->at("ring").get<std::string>()).value();
  options.max_steps = complete->at("max_steps");
  options.spare_terms = complete->at("spare_terms");
  options.target_rank = complete->at("target");
  options.scramble = complete->at("scramble");
  return Make(options);
}

EnvironmentFactory MatmulFactory() {
  EnvironmentFactory factory;
  factory.id = "matmul";
  factory.summary = "Matrix multiplication schemes of low rank by flips and plus transitions";
  factory.parameters = {
      {.name = "format",
       .default_value = "2x2x2",
       .help = "n x m times m x p as \"NxMxP\", each side 1 to 5"},
      {.name = "ring",
       .default_value = "Z2",
       .help = "coefficients: modulo 2, or -1, 0 and 1 over the integers",
       .choices = {"Z2", "ternary"}},
      {.name = "max_steps",
       .default_value = 100,
       .help = "actions after which an episode ends",
       .minimum = 1,
       .maximum = 100000},
      {.name = "spare_terms",
       .default_value = 2,
       .help = "terms over the standard rank that plus transitions may reach",
       .minimum = 0,
       .maximum = 16},
      {.name = "target",
       .default_value = 0,
       .help = "rank worth +1 (the standard rank is worth -1); 0: one below the best published",
       .minimum = 0,
       .maximum = 125},
      {.name = "scramble",
       .default_value = 0,
       .help = "random flips made before each episode begins",
       .minimum = 0,
       .maximum = 1000000},
  };
  factory.make = [](const Json& parameters) -> Result<std::unique_ptr<const Environment>> {
    return MatmulEnvironment::FromParameters(parameters);
  };
  return factory;
}

}  // namespace tesuji::env::matmul
