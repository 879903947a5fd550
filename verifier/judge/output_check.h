// Is an output right? By the default validator or the problem's own ones.
// Thread-safety: as the workplace.
#pragma once

#include <string>

#include "verifier/judge/output_validators.h"

namespace tesuji::verifier {

/// Sets the verdict and the reason of `report`; returns what the last validator left behind.
/// REQUIRES: the problem is not interactive.
ValidatorFiles CheckOutput(const Problem& problem, OutputValidators& validators,
                           Workplace& workplace, const TestCase& test, const Pass& pass,
                           const std::string& output, TestReport* report);

}  // namespace tesuji::verifier
