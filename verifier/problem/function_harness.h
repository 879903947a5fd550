// The sources that make an answer and the checks of a function task two programs that talk to each
// other. They are files of their own (harness/), embedded by CMake.
// Thread-safety: constants.
#pragma once

namespace tesuji::verifier {

extern const char kHarnessWire[];        ///< tesuji_wire.h: before anything else.
extern const char kHarnessServer[];      ///< tesuji_server.h: after the candidate's declaration.
extern const char kHarnessClient[];      ///< tesuji_client.h: after the tests' preamble.
extern const char kHarnessAssert[];      ///< tesuji_assert.h: assert.h of the tests' program.
extern const char kHarnessExceptions[];  ///< tesuji_exceptions.h: where tests catch them.
extern const char kHarnessFunctions[];   ///< tesuji_functions.h: std::function as a parameter.
extern const char kHarnessLinks[];       ///< tesuji_links.h: ListNode*, TreeNode*.

extern const char kHarnessPythonWire[];       ///< Values as JSON, of both programs.
extern const char kHarnessPythonCandidate[];  ///< The candidate's main program.
extern const char kHarnessPythonTests[];      ///< The tests' main program.
extern const char kHarnessJavaScriptWire[];
extern const char kHarnessJavaScriptCandidate[];
extern const char kHarnessJavaScriptTests[];

}  // namespace tesuji::verifier
