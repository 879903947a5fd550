// tesuji curate, export, inspect, import: datasets from stores, and records into stores.
#pragma once

#include "cli/command.h"
#include "dataset/build_dataset.h"

namespace tesuji::cli {

void AddCurateCommand(Command app, Context* context);
void AddExportCommand(Command app, Context* context);
void AddInspectCommand(Command app, Context* context);
void AddImportCommand(Command app, Context* context);

/// Builds with progress, prints the report; the exit code.
int BuildAndReport(const dataset::BuildOptions& options, const env::Registry& registry, bool json);

}  // namespace tesuji::cli
