// The judged heap as a plug-in. The variable JUDGED_HEAP says how its judge behaves.
#include <cstdlib>
#include <thread>

#include "api/plugin.h"
#include "tests/campaign/judged_heap.h"

TESUJI_PLUGIN(registry) {
  const auto way = []() -> std::string {
    const char* text = std::getenv("JUDGED_HEAP");
    return text == nullptr ? "sound" : text;
  };
  const auto hang = [] {
    for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
  };
  registry->Add(tesuji::judged::HeapFactory(way, hang));
}
