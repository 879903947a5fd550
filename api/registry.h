// The explicit list of environments that a program knows: no globals, no static registration.
// Thread-safety: build it once, then share it read-only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/environment.h"
#include "core/json.h"
#include "core/result.h"

namespace tesuji::env {

class RecordFormat;

/// One key of the campaign file's [environment] section, and of `tesuji envs`.
struct Parameter {
  std::string name;
  Json default_value;  ///< Its JSON type is the parameter's type.
  std::string help;    ///< One line: meaning, unit.
  double minimum = 0;  ///< For numbers, inclusive; minimum == maximum: unbounded.
  double maximum = 0;
  std::vector<std::string> choices = {};  ///< For strings: the only values allowed; empty: any.
};

/// An environment family that can be made from parameters.
struct EnvironmentFactory {
  std::string id;
  std::string summary;
  std::vector<Parameter> parameters;
  /// Gets every parameter, defaults filled in, types and ranges already checked. Fails on
  /// combinations that make no sense.
  std::function<Result<std::unique_ptr<const Environment>>(const Json& parameters)> make;
  /// The file of the plug-in that it came from; empty: built in. Set by api/plugin_loader.h.
  std::string plugin = {};
  /// Files in which others keep its episodes (api/record_format.h); null: none.
  std::shared_ptr<const RecordFormat> records = nullptr;
};

/// Checks `parameters` against the factory's list and fills in defaults. A failure names the key,
/// its value and what was expected, and suggests the nearest known name.
Result<Json> CompleteParameters(const EnvironmentFactory& factory, const Json& parameters);

class Registry {
 public:
  /// REQUIRES: the id is new.
  void Add(EnvironmentFactory factory);
  const std::vector<EnvironmentFactory>& factories() const { return factories_; }
  /// Null when unknown.
  const EnvironmentFactory* Find(std::string_view id) const;
  /// Checks `parameters` (unknown keys, types, ranges; the message names the key and what was
  /// expected, and suggests the nearest known name), fills in defaults and makes the environment.
  /// One that comes from a plug-in is guarded (api/guard.h).
  Result<std::unique_ptr<const Environment>> Make(std::string_view id,
                                                  const Json& parameters) const;
  /// The same without a guard, for those who put their own around it.
  Result<std::unique_ptr<const Environment>> MakeUnguarded(std::string_view id,
                                                           const Json& parameters) const;

 private:
  std::vector<EnvironmentFactory> factories_;
};

}  // namespace tesuji::env
