// The history of a store's tables: what each schema version changed, and how an older store is
// brought up. FORMAT.md tells it to people.
#pragma once

#include "storage/sqlite/schema.h"

namespace tesuji::storage {

/// The newest tables and all steps that lead to them.
Schema StoreSchema();

}  // namespace tesuji::storage
