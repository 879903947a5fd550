// What a store holds, and whether episodes of an environment may be added to it: a store keeps the
// episodes of one environment, of one version and with one set of parameters. Records without a
// campaign may differ in their parameters (boards of several sizes), not in their environment.
// Failures: DamagedError, as reading the store. Thread-safety: const after construction.
#pragma once

#include <string>
#include <vector>

#include "api/registry.h"
#include "core/result.h"
#include "storage/store.h"

namespace tesuji::storage {

class Holdings {
 public:
  /// `registry` fills in parameters that stored episodes do not name, as they had their default.
  Holdings(const Store& store, const env::Registry& registry);

  /// For a campaign: fails unless all that is held was made with this very environment.
  Status Takes(const env::Environment& environment) const;
  /// For records: as Takes() where there is a campaign, else any parameters will do.
  Status TakesRecords(const env::Environment& environment) const;
  /// Is something held, and of another environment, whatever the parameters?
  bool IsOfAnother(const env::Environment& environment) const;

 private:
  Status Refuse(const std::string& difference) const;

  std::string location_;
  std::vector<StoredEnvironment> held_;
  bool has_campaign_ = false;
};

}  // namespace tesuji::storage
