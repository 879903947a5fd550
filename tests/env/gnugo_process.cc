#include "tests/env/gnugo_process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "core/result.h"

namespace tesuji::env::go {

std::string GnuGo::Find() {
  // Debian puts games where a script's PATH may not reach.
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path == nullptr ? "" : path) + ":/usr/games");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto candidate = std::filesystem::path(folder) / "gnugo";
    if (access(candidate.c_str(), X_OK) == 0) return candidate.string();
  }
  return {};
}

GnuGo::GnuGo(const std::string& program, const std::vector<std::string>& arguments) {
  int to_child[2];
  int from_child[2];
  if (pipe(to_child) != 0 || pipe(from_child) != 0) throw MachineError("cannot make a pipe");
  std::signal(SIGPIPE, SIG_IGN);
  child_ = fork();
  if (child_ < 0) throw MachineError("cannot start " + program);
  if (child_ == 0) {
    dup2(to_child[0], STDIN_FILENO);
    dup2(from_child[1], STDOUT_FILENO);
    for (const int fd : {to_child[0], to_child[1], from_child[0], from_child[1]}) close(fd);
    std::vector<char*> argv = {const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  close(to_child[0]);
  close(from_child[1]);
  to_ = fdopen(to_child[1], "w");
  from_ = fdopen(from_child[0], "r");
}

GnuGo::~GnuGo() {
  std::fputs("quit\n", to_);
  std::fclose(to_);
  std::fclose(from_);
  waitpid(child_, nullptr, 0);
}

std::string GnuGo::Ask(const std::string& command) { return AskAll({command}).front(); }

std::vector<std::string> GnuGo::AskAll(const std::vector<std::string>& commands) {
  // 4 KiB of answers at most are on the way, so neither side can block the other.
  constexpr std::size_t kAtOnce = 256;
  std::vector<std::string> answers;
  for (std::size_t begin = 0; begin < commands.size(); begin += kAtOnce) {
    const std::size_t end = std::min(commands.size(), begin + kAtOnce);
    for (std::size_t i = begin; i < end; ++i) std::fprintf(to_, "%s\n", commands[i].c_str());
    std::fflush(to_);
    for (std::size_t i = begin; i < end; ++i) answers.push_back(ReadAnswer(commands[i]));
  }
  return answers;
}

std::string GnuGo::ReadAnswer(const std::string& command) {
  std::string answer;
  char line[4096];
  while (std::fgets(line, sizeof line, from_) != nullptr) {
    if (line[0] != '\n') {
      answer += line;
      continue;
    }
    if (answer.empty()) continue;
    if (answer[0] != '=') throw MachineError("gnugo answers \"" + command + "\" with " + answer);
    answer.erase(0, 1);
    if (!answer.empty() && answer[0] == ' ') answer.erase(0, 1);
    while (!answer.empty() && answer.back() == '\n') answer.pop_back();
    return answer;
  }
  throw MachineError("gnugo stopped at \"" + command + "\"");
}

}  // namespace tesuji::env::go
