#include "verifier/judge/other_conditions.h"

#include <thread>

namespace tesuji::verifier {

void UseOtherConditions(RunSpec* spec) {
  spec->pid = 1789;
  spec->fixed_addresses = true;
  spec->environment.push_back("TESUJI_PADDING=" + std::string(517, 'x'));
  spec->gate.clear();  // It would be started ahead for nobody.
}

void WaitForAnotherSecond() { std::this_thread::sleep_for(std::chrono::milliseconds(1100)); }

}  // namespace tesuji::verifier
