// What every subcommand shares: exit codes, the registry, interruption.
// One file a subcommand; each registers itself with an Add…Command function that main() calls.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/registry.h"
#include "cli/options.h"
#include "core/json.h"
#include "core/result.h"
#include "learner/device.h"

namespace tesuji::cli {

/// DESIGN: 0 done; 1 the thing asked about failed; 2 usage or configuration; 3 the machine.
enum ExitCode : int { kDone = 0, kFailed = 1, kUsage = 2, kMachine = 3 };

/// Lives as long as main(). `exit_code` is what the chosen subcommand returned.
struct Context {
  env::Registry registry;
  int exit_code = kDone;
};

/// Prints "tesuji: message" to stderr and gives the code back.
int Complain(const std::string& message, ExitCode code = kUsage);
/// One JSON value on one line of stdout, written whole. Throws MachineError when it cannot be.
void PrintJson(const Json& value);

/// Set by Ctrl-C or SIGTERM once InstallStopHandler() was called; a second one ends the process.
const std::atomic<bool>& StopRequested();
void InstallStopHandler();

/// What --parameters says: a JSON object, such as `example`.
Result<Json> ReadParameters(const std::string& text, const std::string& example);

/// The environment with its defaults but for `parameters` and a board's size, which only Go has (9
/// when none is given).
Result<std::unique_ptr<const env::Environment>> MakeOnBoard(const env::Registry& registry,
                                                            const std::string& id,
                                                            std::optional<int> board,
                                                            Json parameters = Json::object());

/// Makes a subcommand whose `run` result becomes the exit code.
Command AddCommand(Command app, Context* context, const std::string& name,
                   const std::string& description, std::function<int()> run);

/// --plugin FILE.so, which adds the file's environments to the registry before `run` is called.
void AddPluginOption(Command command, Context* context);

/// --device auto|cpu|cuda|cuda:N, for commands that run networks.
void AddDeviceOption(Command command, learner::Device* device);

void AddEnvsCommand(Command app, Context* context);
void AddRunCommand(Command app, Context* context);
void AddStatusCommand(Command app, Context* context);
void AddVerifyCommand(Command app, Context* context);
void AddArenaCommand(Command app, Context* context);
void AddGtpCommand(Command app, Context* context);
void AddBenchCommand(Command app, Context* context);
void AddCheckEnvCommand(Command app, Context* context);
void AddSolveCommand(Command app, Context* context);
void AddNewEnvCommand(Command app, Context* context);
void AddDiscoverCommand(Command app, Context* context);
void AddLearnFlipsCommand(Command app, Context* context);
void AddSchemeCommand(Command app, Context* context);

}  // namespace tesuji::cli
