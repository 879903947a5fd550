#include <exception>
#include <iostream>

#include "api/crash_notice.h"
#include "api/guard.h"
#include "cli/command.h"
#include "cli/dataset.h"
#include "cli/families.h"
#include "cli/judge.h"
#include "core/version.h"
#include "storage/damage.h"

int main(int argc, char** argv) {
  using namespace tesuji::cli;
  CommandLine command_line(
      "tesuji", "tesuji makes training data by search: explore, judge, store, learn, export.",
      tesuji::kSoftwareVersion);
  const Command app = command_line.root();
  Context context{tesuji::env::BuiltInFamilies()};
  tesuji::env::InstallCrashNotice(kFailed);
  AddEnvsCommand(app, &context);
  AddRunCommand(app, &context);
  AddStatusCommand(app, &context);
  AddVerifyCommand(app, &context);
  AddArenaCommand(app, &context);
  AddGtpCommand(app, &context);
  AddJudgeCommand(app, &context);
  AddServeCommand(app, &context);
  AddCurateCommand(app, &context);
  AddExportCommand(app, &context);
  AddInspectCommand(app, &context);
  AddImportCommand(app, &context);
  AddSolveCommand(app, &context);
  AddBenchCommand(app, &context);
  AddCheckEnvCommand(app, &context);
  AddNewEnvCommand(app, &context);
  AddDiscoverCommand(app, &context);
  AddLearnFlipsCommand(app, &context);
  AddSchemeCommand(app, &context);
  try {
    const auto outcome = command_line.Parse(argc, argv);
    std::cout.flush();
    if (outcome == CommandLine::Outcome::kRan) return context.exit_code;
    return outcome == CommandLine::Outcome::kToldHelp ? kDone : kUsage;
  } catch (const UsageError& error) {
    return Complain(error.what());
  } catch (const tesuji::env::EnvironmentFault& fault) {
    return Complain(fault.what(), kFailed);
  } catch (const tesuji::storage::DamagedError& error) {
    // The machine works; what it was asked about is broken.
    return Complain(error.what(), kFailed);
  } catch (const tesuji::MachineError& error) {
    return Complain(error.what(), kMachine);
  } catch (const std::bad_alloc&) {
    return Complain("out of memory", kMachine);
  } catch (const std::exception& error) {
    return Complain(std::string("internal error: ") + error.what(), kMachine);
  }
}
