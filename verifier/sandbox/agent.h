// The agent: process 1 of a container. It takes one request at a time from the judge, gives the
// program a fresh box, starts it without any privilege, watches it, and leaves nothing behind.
//
// A static program without exceptions or threads; it trusts the judge's socket and nothing that
// the program under test can reach. Any failure of its own is reported as such, or ends the
// container: never as a verdict on the program.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "verifier/sandbox/wire.h"

namespace tesuji::verifier::agent {

/// A request with its strings and descriptors sorted out. Owns nothing; the loop closes `fds`.
struct Job {
  wire::Request request;
  std::vector<char*> argv;  ///< Ends with nullptr.
  std::vector<char*> envp;  ///< Ends with nullptr.
  struct File {
    bool executable;
    const char* name;
    int fd;
  };
  std::vector<File> files;
  std::vector<const char*> fetch;
  int program = -1;
  std::vector<int> standard;
};

/// What stays the same for the agent's whole life.
struct Agent {
  int control = -1;
  int proc = -1;     ///< A procfs directory the program cannot see; -1: none.
  int signals = -1;  ///< signalfd for SIGCHLD.
  bool isolated = true;
  std::string box = wire::kBox;
  std::vector<char> filter;  ///< sock_filter array; empty: none.
};

/// Fresh box with the job's files; 0 or the failing step with errno set.
int MakeBox(const Agent& agent, const Job& job);
/// Hands back regular files; descriptors are appended to `out`.
void FetchFiles(const Agent& agent, const Job& job, wire::Reply* reply, std::vector<int>* out);
/// Throws the box away, whatever is in it.
void DropBox(const Agent& agent);

/// Becomes the program. Writes {step, errno} to `report` and exits when that fails.
[[noreturn]] void BecomeProgram(const Agent& agent, const Job& job, int report);

/// Starts, watches and ends one program; fills everything of `reply` but the fetched files.
void RunProgram(const Agent& agent, const Job& job, wire::Reply* reply);

}  // namespace tesuji::verifier::agent
