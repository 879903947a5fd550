// The C++ sources that both programs of a function task include: values as bytes, calls as frames.
// Thread-safety: constants.
#pragma once

namespace tesuji::verifier {

extern const char kHarnessWire[];    ///< tesuji_wire.h: before anything else.
extern const char kHarnessServer[];  ///< tesuji_server.h: after the candidate's declaration.
extern const char kHarnessClient[];  ///< tesuji_client.h: after the tests' preamble.
extern const char kHarnessAssert[];  ///< assert.h of the tests' program.

}  // namespace tesuji::verifier
