#include "verifier/judge/other_conditions.h"

#include <fmt/format.h>

#include <thread>

namespace tesuji::verifier {

void UseOtherConditions(RunSpec* spec) {
  spec->pid = 1789;
  spec->fixed_addresses = true;
  spec->environment.push_back(fmt::format("TESUJI_PADDING={:x>517}", ""));
  spec->gate.clear();  // It would be started ahead for nobody.
}

void WaitForAnotherSecond() { std::this_thread::sleep_for(std::chrono::milliseconds(1100)); }

}  // namespace tesuji::verifier
