#include "env/program/settings.h"

#include "api/settings_parameters.h"

namespace tesuji::env::program {

void Describe(SettingsTable* table, ProgramsSection* o) {
  table->Section("programs");
  table->Add("enumerate", &o->enumerate, "Solve tasks by guided enumeration, not by tree search.");
  table->Add("candidates", &o->candidates,
             "Candidates tried on each task that the campaign sets itself.",
             {.minimum = 1, .maximum = 1e12});
  table->Add("memory_mib", &o->memory_mib, "MiB of known terms, for each worker.",
             {.minimum = 16, .maximum = 1e6});
  table->Add("dream_share", &o->dream_share,
             "Share of training rows that come from random programs neither searched nor stored.",
             {.minimum = 0, .maximum = 0.99});
  table->Add("evaluation_tasks", &o->evaluation_tasks,
             "JSON lines of tasks that score checkpoints and are never learned from; empty: 64 "
             "self-set ones.");
  table->Add("evaluation_candidates", &o->evaluation_candidates,
             "Candidates tried on each of them.", {.minimum = 1, .maximum = 1e12});
}

std::vector<Parameter> ProgramsParameters() {
  ProgramsSection defaults;
  SettingsTable table;
  Describe(&table, &defaults);
  return ParametersOf(table);
}

ProgramsSection ReadPrograms(const Json& settings) {
  ProgramsSection programs;
  SettingsTable table;
  Describe(&table, &programs);
  SetParameters(settings, table);
  return programs;
}

}  // namespace tesuji::env::program
