#include "api/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>

#include "api/guard.h"
#include "api/judge_guard.h"
#include "core/nearest_word.h"

namespace tesuji::env {
namespace {

std::string Suggestion(std::string_view wrong, const std::vector<std::string>& names) {
  const std::string nearest = NearestWord(wrong, names);
  if (names.empty()) return "it has none";
  if (!nearest.empty()) return fmt::format("did you mean \"{}\"?", nearest);
  return fmt::format("known: {}", fmt::join(names, ", "));
}

Status CheckNumber(const Parameter& parameter, const Json& value) {
  if (parameter.minimum == parameter.maximum) return {};
  const double number = value.get<double>();
  if (number >= parameter.minimum && number <= parameter.maximum) return {};
  return Fail(fmt::format("{} = {}: expected {:g} to {:g}", parameter.name, value.dump(),
                          parameter.minimum, parameter.maximum));
}

// The value in the parameter's type, or what is wrong with it.
Result<Json> CheckValue(const Parameter& parameter, const Json& value) {
  const Json& model = parameter.default_value;
  const auto expected = [&](std::string_view type) {
    return Fail(fmt::format("{} = {}: expected {} ({})", parameter.name, value.dump(), type,
                            parameter.help));
  };
  if (model.is_number_float()) {
    if (!value.is_number()) return expected("a number");
    if (auto status = CheckNumber(parameter, value); !status) {
      return tl::unexpected(status.error());
    }
    return Json(value.get<double>());
  }
  if (model.is_number_integer()) {
    if (!value.is_number_integer()) return expected("an integer");
    if (auto status = CheckNumber(parameter, value); !status) {
      return tl::unexpected(status.error());
    }
    return value;
  }
  if (model.is_boolean()) {
    if (!value.is_boolean()) return expected("true or false");
    return value;
  }
  if (model.is_string()) {
    if (!value.is_string()) return expected("a string");
    const auto& choices = parameter.choices;
    if (!choices.empty() &&
        std::find(choices.begin(), choices.end(), value.get<std::string>()) == choices.end()) {
      return Fail(fmt::format("{} = {}: expected one of {}", parameter.name, value.dump(),
                              fmt::join(choices, ", ")));
    }
    return value;
  }
  if (model.is_array() && !value.is_array()) return expected("a list");
  if (model.is_object() && !value.is_object()) return expected("a table");
  return value;
}

/// What `make` makes, or what is wrong with that; `maker` is its name in messages.
template <class F>
auto CallMaker(std::string_view maker, F&& make) -> decltype(make()) {
  try {
    auto made = make();
    if (made && *made == nullptr) return Fail(fmt::format("{} made none", maker));
    return made;
  } catch (const MachineError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    return Fail(fmt::format("{} threw \"{}\"", maker, error.what()));
  } catch (...) {
    return Fail(fmt::format("{} threw something that is no exception", maker));
  }
}

}  // namespace

Result<Json> CompleteParameters(const std::vector<Parameter>& known, const std::string& owner,
                                const Json& parameters) {
  if (!parameters.is_object()) {
    return Fail(fmt::format("{}: expected parameters as a table", owner));
  }
  std::vector<std::string> names;
  for (const Parameter& parameter : known) names.push_back(parameter.name);
  for (const auto& [key, value] : parameters.items()) {
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      return Fail(
          fmt::format("{} has no parameter \"{}\"; {}", owner, key, Suggestion(key, names)));
    }
  }
  Json complete = Json::object();
  for (const Parameter& parameter : known) {
    const auto given = parameters.find(parameter.name);
    if (given == parameters.end()) {
      complete[parameter.name] = parameter.default_value;
      continue;
    }
    auto value = CheckValue(parameter, *given);
    if (!value) return Fail(fmt::format("{}: {}", owner, value.error().message));
    complete[parameter.name] = std::move(*value);
  }
  return complete;
}

Result<Json> CompleteParameters(const EnvironmentFactory& factory, const Json& parameters) {
  if (!parameters.is_object()) {
    return Fail(fmt::format("{}: expected parameters as a table", factory.id));
  }
  return CompleteParameters(factory.parameters, "environment " + factory.id, parameters);
}

void Registry::Add(EnvironmentFactory factory) {
  assert(Find(factory.id) == nullptr);
  factories_.push_back(std::move(factory));
}

void Registry::AddProducer(ProducerFactory producer) { producers_.push_back(std::move(producer)); }

void Registry::SetRejudge(std::string_view id,
                          std::function<Result<std::unique_ptr<Rejudge>>()> make_rejudge) {
  for (EnvironmentFactory& factory : factories_) {
    if (factory.id == id) factory.make_rejudge = std::move(make_rejudge);
  }
}

const EnvironmentFactory* Registry::Find(std::string_view id) const {
  for (const EnvironmentFactory& factory : factories_) {
    if (factory.id == id) return &factory;
  }
  return nullptr;
}

Result<std::unique_ptr<const Environment>> Registry::Make(std::string_view id,
                                                          const Json& parameters) const {
  auto environment = MakeUnguarded(id, parameters);
  const EnvironmentFactory* factory = Find(id);
  if (!environment || factory->plugin.empty()) return environment;
  auto guarded = Guard(std::move(*environment), {.origin = factory->plugin});
  if (!guarded) return Fail(fmt::format("environment {}: {}", id, guarded.error().message));
  return guarded;
}

Result<std::unique_ptr<const Environment>> Registry::MakeUnguarded(std::string_view id,
                                                                   const Json& parameters) const {
  const EnvironmentFactory* factory = Find(id);
  if (factory == nullptr) {
    std::vector<std::string> ids;
    for (const EnvironmentFactory& known : factories_) ids.push_back(known.id);
    return Fail(
        fmt::format("unknown environment \"{}\"; {} (one from a plug-in needs --plugin "
                    "FILE.so, or plugins in the campaign file)",
                    id, Suggestion(id, ids)));
  }
  auto complete = CompleteParameters(*factory, parameters);
  if (!complete) return tl::unexpected(complete.error());
  auto environment = CallMaker("its maker", [&] { return factory->make(*complete); });
  if (!environment) {
    return Fail(fmt::format("environment {}: {}", id, environment.error().message));
  }
  return environment;
}

Result<std::unique_ptr<Judge>> Registry::MakeJudge(std::string_view id,
                                                   const Environment& environment,
                                                   GuardTrace* trace) const {
  const EnvironmentFactory* factory = Find(id);
  if (factory == nullptr || !factory->make_judge) return nullptr;
  auto judge = CallMaker("make_judge", [&] { return factory->make_judge(Unguarded(environment)); });
  if (!judge) {
    return Fail(fmt::format("environment {}: its judge: {}", id, judge.error().message));
  }
  return GuardJudge(std::move(*judge), environment, trace);
}

}  // namespace tesuji::env
