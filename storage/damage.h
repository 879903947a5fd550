// What a damaged store is reported as.
#pragma once

#include "core/result.h"

namespace tesuji::storage {

/// The store holds something that was never written: bytes have been lost or changed. The machine
/// works and the request was right, so main() tells it apart from other MachineErrors.
class DamagedError : public MachineError {
 public:
  using MachineError::MachineError;
};

}  // namespace tesuji::storage
