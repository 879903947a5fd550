// What is behind Store; shared by its source files. Inside storage/ only.
#pragma once

#include <memory>

#include "storage/connection.h"
#include "storage/store.h"

namespace tesuji::storage {

struct Store::Impl {
  std::unique_ptr<Connection> connection;
};

/// The JSON value of a column whose checksum has been checked. Throws DamagedRow when it is none.
Json ParseColumn(const std::string& text);

}  // namespace tesuji::storage
