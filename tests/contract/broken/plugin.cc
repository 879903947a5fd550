// Every broken environment under its own name, for `tesuji check-env --plugin`.
#include "api/plugin.h"

#include "tests/contract/broken/sound.h"

TESUJI_PLUGIN(registry) {
  for (const auto& fault : tesuji::broken::AllFaults()) {
    registry->Add({.id = "broken-" + fault.id,
                   .summary = "must be reported as: " + fault.named,
                   .parameters = {},
                   .make = [make = fault.make](const tesuji::Json&) { return make(); },
                   .make_judge = fault.make_judge});
  }
}
