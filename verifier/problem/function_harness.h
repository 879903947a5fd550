// The C++ sources that both programs of a function task include: values as bytes, calls as
// frames. They are files of their own (harness/), embedded by CMake.
// Thread-safety: constants.
#pragma once

namespace tesuji::verifier {

extern const char kHarnessWire[];    ///< tesuji_wire.h: before anything else.
extern const char kHarnessServer[];  ///< tesuji_server.h: after the candidate's declaration.
extern const char kHarnessClient[];  ///< tesuji_client.h: after the tests' preamble.
extern const char kHarnessAssert[];  ///< tesuji_assert.h: assert.h of the tests' program.

}  // namespace tesuji::verifier
