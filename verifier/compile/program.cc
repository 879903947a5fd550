#include "verifier/compile/program.h"

#include <fmt/format.h>

#include <algorithm>

namespace tesuji::verifier {
namespace {

void Replace(std::string* text, std::string_view name, std::int64_t value) {
  for (std::size_t at = text->find(name); at != std::string::npos; at = text->find(name, at)) {
    text->replace(at, name.size(), std::to_string(value));
  }
}

}  // namespace

void Program::AddTo(RunSpec* spec) const {
  Limits& limits = spec->limits;
  const std::int64_t memory = limits.memory_bytes;
  limits.stack_bytes = StackBytes(limits);  // Of the problem's memory, without the extra.
  const auto filled = [&](std::string text) {
    if (const std::size_t at = text.find("{home}"); at != std::string::npos) {
      text.replace(at, 6, home);
    }
    Replace(&text, "{memory_mib}", std::max<std::int64_t>(memory >> 20, 1));
    Replace(&text, "{stack_mib}", std::max<std::int64_t>(limits.stack_bytes >> 20, 1));
    Replace(&text, "{stack_kib}", std::max<std::int64_t>((limits.stack_bytes >> 10) - 1024, 256));
    return text;
  };
  spec->argv.clear();
  for (const std::string& word : argv) spec->argv.push_back(filled(word));
  spec->environment.clear();
  for (const std::string& setting : language->environment) {
    spec->environment.push_back(filled(setting));
  }
  spec->environment.insert(spec->environment.end(), {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"});
  spec->gate = gate;
  spec->proc = spec->proc || language->proc == Proc::kAlways;
  if (executable) {
    spec->program_fd = binary.get();
  } else {
    spec->files.push_back({kProgramFile, binary.get(), false});
  }
  for (const auto& [name, fd] : files) spec->files.push_back({name, fd.get(), false});
  limits.memory_bytes += language->extra_memory_bytes;
  limits.processes = std::max(limits.processes, language->processes);
}

}  // namespace tesuji::verifier
