#include "verifier/judge/sanitizer.h"

#include <algorithm>

namespace tesuji::verifier {

std::vector<std::string> SanitizerFlags() {
  return {"-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g1", "-fuse-ld=bfd"};
}

std::string NoSanitizers(const Language& language) {
  return "not run: there are none for " + language.name;
}

void AddSanitizerSettings(RunSpec* spec) {
  spec->limits.cpu *= 4;
  spec->limits.memory_bytes = spec->limits.memory_bytes * 3 + (512LL << 20);
  spec->proc = true;  // They read their own maps.
  spec->environment.push_back("ASAN_OPTIONS=detect_leaks=0:abort_on_error=1");
  spec->environment.push_back("UBSAN_OPTIONS=halt_on_error=1");
}

std::string FirstObjection(const std::string& text, const std::string& otherwise) {
  for (const char* mark : {"runtime error: ", "ERROR: AddressSanitizer: "}) {
    const std::size_t at = text.find(mark);
    if (at == std::string::npos) continue;
    const std::size_t begin = text.rfind('\n', at) + 1;
    return text.substr(begin, std::min(text.find('\n', at) - begin, std::size_t{300}));
  }
  return otherwise;
}

}  // namespace tesuji::verifier
