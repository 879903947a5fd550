#include "campaign/status.h"

#include <iostream>

#include "cli/command.h"

namespace tesuji::cli {

void AddStatusCommand(Command app, Context* context) {
  auto path = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  auto command =
      AddCommand(app, context, "status", "What a campaign has done so far.", [=]() -> int {
        auto store = storage::Store::Open(*path, storage::OpenMode::kReadOnly);
        if (!store) return Complain(store.error().message);
        const Json status = campaign::StatusJson(**store);
        if (*json) {
          PrintJson(status);
        } else {
          std::cout << campaign::StatusTable(status);
        }
        return kDone;
      });
  command.Add("store", *path, "The campaign's store.").Required();
  command.AddFlag("--json", *json, "One JSON object.");
  command.Footer("Example: tesuji status runs/go9.db");
}

}  // namespace tesuji::cli
