// The explicit list of families that a program knows, environments and producers: no globals, no
// static registration.
// Thread-safety: build it once, then share it read-only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/environment.h"
#include "api/judge.h"
#include "api/producer.h"
#include "core/json.h"
#include "core/result.h"

namespace tesuji::env {

class RecordFormat;
struct GuardTrace;

/// One key of the campaign file's [environment] section or of a producer's, and of `tesuji envs`.
struct Parameter {
  std::string name;
  Json default_value;  ///< Its JSON type is the parameter's type.
  std::string help;    ///< One line: meaning, unit.
  double minimum = 0;  ///< For numbers, inclusive; minimum == maximum: unbounded.
  double maximum = 0;
  std::vector<std::string> choices = {};  ///< For strings: the only values allowed; empty: any.
};

/// Repeats the judgement of stored episodes. Thread-safety: one thread.
class Rejudge {
 public:
  virtual ~Rejudge() = default;
  /// Empty when the judgement holds, or when the episode was not judged; else what is wrong.
  virtual std::string Check(const Trajectory& stored) = 0;
};

/// An environment family that can be made from parameters.
struct EnvironmentFactory {
  std::string id;
  std::string summary;
  std::vector<Parameter> parameters;
  /// Gets every parameter, defaults filled in, types and ranges already checked. Fails on
  /// combinations that make no sense.
  std::function<Result<std::unique_ptr<const Environment>>(const Json& parameters)> make;
  /// Makes a judge for an environment that `make` made; needed where episodes end in kAwaitsJudge,
  /// empty elsewhere. `environment` outlives the judge. Called again when a judge failed.
  std::function<Result<std::unique_ptr<Judge>>(const Environment& environment)> make_judge = {};
  /// The file of the plug-in that it came from; empty: built in. Set by api/plugin_loader.h.
  std::string plugin = {};
  /// Files in which others keep its episodes (api/record_format.h); null: none.
  std::shared_ptr<const RecordFormat> records = nullptr;
  /// For `tesuji verify`; may be empty: the rules score every episode. Fails when the machine
  /// cannot judge.
  std::function<Result<std::unique_ptr<Rejudge>>()> make_rejudge = {};
};

/// What a producer is made of. The settings are complete and in range.
struct ProducerSetup {
  const Environment* environment = nullptr;
  Json settings = Json::object();  ///< Of the producer's own section.
  std::uint64_t campaign_seed = 0;
  int threads = 1;  ///< That the campaign gives to exploring (selfplay.workers).
};

/// A way to explore one environment that a campaign file can choose.
struct ProducerFactory {
  std::string environment;  ///< The id of the environment that it explores.
  std::string section;      ///< Of the campaign file, with its settings: "programs".
  std::string summary;      ///< One line.
  std::vector<Parameter> parameters;
  /// The parameter (true or false) that chooses it instead of self-play; empty: it is the only way
  /// to explore its environment.
  std::string chosen_by;
  /// Keys of earlier versions, which a file may no longer set, and what to do instead.
  std::map<std::string, std::string> former_keys = {};
  /// Cheap: also called to check settings. A failure says what is wrong with them.
  std::function<Result<std::unique_ptr<Producer>>(const ProducerSetup& setup)> make;
};

/// Checks `parameters` against the factory's list and fills in defaults. A failure names the key,
/// its value and what was expected, and suggests the nearest known name.
Result<Json> CompleteParameters(const EnvironmentFactory& factory, const Json& parameters);
/// The same for any list; `owner` is whose it is, for messages: "environment go".
Result<Json> CompleteParameters(const std::vector<Parameter>& known, const std::string& owner,
                                const Json& parameters);

class Registry {
 public:
  /// REQUIRES: the id is new.
  void Add(EnvironmentFactory factory);
  const std::vector<EnvironmentFactory>& factories() const { return factories_; }
  /// REQUIRES: the section is new.
  void AddProducer(ProducerFactory producer);
  const std::vector<ProducerFactory>& producers() const { return producers_; }
  /// Sets EnvironmentFactory::make_rejudge. REQUIRES: the environment is known.
  void SetRejudge(std::string_view id,
                  std::function<Result<std::unique_ptr<Rejudge>>()> make_rejudge);
  /// Null when unknown.
  const EnvironmentFactory* Find(std::string_view id) const;
  /// Checks `parameters` (unknown keys, types, ranges; the message names the key and what was
  /// expected, and suggests the nearest known name), fills in defaults and makes the environment.
  /// One that comes from a plug-in is guarded (api/guard.h).
  Result<std::unique_ptr<const Environment>> Make(std::string_view id,
                                                  const Json& parameters) const;
  /// The same without a guard, for callers that add a guard of their own.
  Result<std::unique_ptr<const Environment>> MakeUnguarded(std::string_view id,
                                                           const Json& parameters) const;
  /// The judge of an environment that Make() or MakeUnguarded() made under this id, guarded where
  /// the environment is; borrows `environment` and `trace` (api/guard.h; may be null). Null when
  /// the environment has no judge of its own.
  Result<std::unique_ptr<Judge>> MakeJudge(std::string_view id, const Environment& environment,
                                           GuardTrace* trace = nullptr) const;

 private:
  std::vector<EnvironmentFactory> factories_;
  std::vector<ProducerFactory> producers_;
};

}  // namespace tesuji::env
