#include "verifier/sandbox/embedded_agent.h"

// TESUJI_AGENT_FILE is the path of the built agent, set by CMake.
__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    "tesuji_agent_begin:\n"
    ".incbin \"" TESUJI_AGENT_FILE
    "\"\n"
    "tesuji_agent_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" {
extern const char tesuji_agent_begin[] __attribute__((visibility("hidden")));
extern const char tesuji_agent_end[] __attribute__((visibility("hidden")));
}

namespace tesuji::verifier {

std::string_view EmbeddedAgent() {
  return {tesuji_agent_begin, static_cast<std::size_t>(tesuji_agent_end - tesuji_agent_begin)};
}

}  // namespace tesuji::verifier
