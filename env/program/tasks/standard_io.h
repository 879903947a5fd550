// Examples as the printed programs read and print them: a list comes as its length and its numbers,
// every number apart; a result that is a list is its numbers on one line.
// Thread-safety: free functions.
#pragma once

#include <string>

#include "core/result.h"
#include "env/program/language/program.h"
#include "env/program/language/value.h"
#include "env/program/tasks/task.h"

namespace tesuji::env::program {

std::string StandardInput(const Input& input);
std::string StandardOutput(const Datum& datum);

/// The way back, for files that others wrote. A failure says which part is not as the signature
/// says.
Result<Example> ReadExample(const Signature& signature, const std::string& input,
                            const std::string& answer);

}  // namespace tesuji::env::program
