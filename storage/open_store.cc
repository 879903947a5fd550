// Chooses the implementation of Store by the form of its location.
#include "storage/sqlite/sqlite_store.h"
#include "storage/store.h"

namespace tesuji::storage {

Result<std::unique_ptr<Store>> Store::Open(const std::string& location, OpenMode mode) {
  return SqliteStore::Open(location, mode);
}

}  // namespace tesuji::storage
