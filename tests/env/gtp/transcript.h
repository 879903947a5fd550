// A conversation with an engine as one text.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "env/go/gtp/engine.h"

namespace tesuji::gtp {

/// Commands come after "> ", the answers as they are expected.
inline void ExpectTranscript(Engine* engine, const std::string& transcript) {
  std::istringstream in(transcript);
  std::string line;
  std::string command;
  std::string expected;
  const auto check = [&] {
    if (!command.empty()) {
      EXPECT_EQ(engine->Execute(command), expected) << "after: " << command;
    }
    expected.clear();
  };
  while (std::getline(in, line)) {
    if (line.starts_with("> ")) {
      check();
      command = line.substr(2);
    } else {
      expected += line + "\n";
    }
  }
  check();
}

}  // namespace tesuji::gtp
