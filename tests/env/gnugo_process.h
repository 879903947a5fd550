// GNU Go as a child process that speaks GTP 2, for the replay tool. Throws MachineError when it
// cannot be started or stops answering in the middle.
// Thread-safety: one thread.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace tesuji::env::go {

class GnuGo {
 public:
  /// Where gnugo is, or "" when it is not installed.
  static std::string Find();

  GnuGo(const std::string& program, const std::vector<std::string>& arguments);
  ~GnuGo();
  GnuGo(const GnuGo&) = delete;
  GnuGo& operator=(const GnuGo&) = delete;

  /// Sends a command and returns what follows "= ". Throws when the answer is "?".
  std::string Ask(const std::string& command);
  /// Sends several commands at once and returns their answers; much faster than one by one.
  std::vector<std::string> AskAll(const std::vector<std::string>& commands);

 private:
  std::string ReadAnswer(const std::string& command);

  pid_t child_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

}  // namespace tesuji::env::go
