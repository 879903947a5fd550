#include "env/program/settings.h"

namespace tesuji::env::program {

std::vector<Parameter> ProgramsParameters() {
  const ProgramsSection defaults;
  return {
      {.name = "enumerate",
       .default_value = defaults.enumerate,
       .help = "Solve tasks by guided enumeration, not by tree search."},
      {.name = "candidates",
       .default_value = defaults.candidates,
       .help = "Candidates tried on each task that the campaign sets itself.",
       .minimum = 1,
       .maximum = 1e12},
      {.name = "memory_mib",
       .default_value = defaults.memory_mib,
       .help = "MiB of known terms, for each worker.",
       .minimum = 16,
       .maximum = 1e6},
      {.name = "first_nodes",
       .default_value = defaults.first_nodes,
       .help = "Productions of the first self-set tasks; they grow to environment.dream_nodes.",
       .minimum = 3,
       .maximum = 48},
      {.name = "dream_share",
       .default_value = defaults.dream_share,
       .help = "Share of training rows that come from random programs neither searched nor stored.",
       .minimum = 0,
       .maximum = 0.99},
      {.name = "evaluation_tasks",
       .default_value = defaults.evaluation_tasks,
       .help = "JSON lines of tasks that score checkpoints and are never learned from; empty: 64 "
               "self-set ones."},
      {.name = "evaluation_candidates",
       .default_value = defaults.evaluation_candidates,
       .help = "Candidates tried on each of them.",
       .minimum = 1,
       .maximum = 1e12},
  };
}

ProgramsSection ReadPrograms(const Json& settings) {
  ProgramsSection programs;
  settings.at("enumerate").get_to(programs.enumerate);
  settings.at("candidates").get_to(programs.candidates);
  settings.at("memory_mib").get_to(programs.memory_mib);
  settings.at("first_nodes").get_to(programs.first_nodes);
  settings.at("dream_share").get_to(programs.dream_share);
  settings.at("evaluation_tasks").get_to(programs.evaluation_tasks);
  settings.at("evaluation_candidates").get_to(programs.evaluation_candidates);
  return programs;
}

}  // namespace tesuji::env::program
