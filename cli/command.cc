#include "cli/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sstream>

#include "api/plugin_loader.h"
#include "core/printable.h"
#include "core/untrusted_json.h"

namespace tesuji::cli {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "the signal handler may only touch this");

void OnSignal(int signal) {
  if (stop_requested.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

}  // namespace

Result<Json> ReadParameters(const std::string& text, const std::string& example) {
  auto json = ParseUntrustedJson(text);
  if (json && json->is_object()) return json;
  return Fail(fmt::format("--parameters {}: expected a JSON object such as {}{}",
                          text.substr(0, 80), example,
                          json ? "" : "; this is " + json.error().message));
}

Result<std::unique_ptr<const env::Environment>> MakeOnBoard(const env::Registry& registry,
                                                            const std::string& id,
                                                            std::optional<int> board,
                                                            Json parameters) {
  if (id == "go") {
    parameters["size"] = board.value_or(9);
  } else if (board) {
    return Fail(
        fmt::format("--board {}: environment {} has no such size; leave it out", *board, id));
  }
  return registry.Make(id, parameters);
}

int Complain(const std::string& message, ExitCode code) {
  // Messages quote files; whatever stands in those must not reach a terminal as it is.
  std::cerr << "tesuji:";
  std::istringstream lines(message);
  for (std::string line; std::getline(lines, line);) std::cerr << " " << Printable(line) << "\n";
  return code;
}

void PrintJson(const Json& value) {
  // Text of a damaged store need not be UTF-8; what is not is replaced, the document stays JSON.
  const std::string line = value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  // In one call, so that who reads the file meanwhile sees whole lines.
  std::cout.flush();
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t written = write(STDOUT_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw MachineError(std::string("standard output: ") + std::strerror(errno));
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

const std::atomic<bool>& StopRequested() { return stop_requested; }

void InstallStopHandler() {
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
}

Command AddCommand(Command app, Context* context, const std::string& name,
                   const std::string& description, std::function<int()> run) {
  return app.AddCommand(name, description,
                        [context, run = std::move(run)] { context->exit_code = run(); });
}

void AddPluginOption(Command command, Context* context) {
  command.AddEach(
      "--plugin",
      [context](const std::string& path) {
        if (auto status = env::LoadPlugin(path, &context->registry); !status) {
          throw UsageError("--plugin: " + status.error().message);
        }
      },
      "A shared library with environments (tesuji new-env); repeatable.");
}

void AddDeviceOption(Command command, learner::Device* device) {
  command.AddEach(
      "--device",
      [device](const std::string& text) {
        auto parsed = learner::ParseDevice(text);
        if (!parsed) throw UsageError("--device: " + parsed.error().message);
        *device = *parsed;
      },
      "Processor of networks: auto (a GPU where LibTorch has one), cpu, cuda or cuda:N.");
}

}  // namespace tesuji::cli
