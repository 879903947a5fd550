// One source, several plug-ins: the definition says which promise of api/plugin.h is broken.
#include <stdexcept>

#include "api/plugin.h"
#include "tests/contract/broken/sound.h"

namespace {

struct Heap final : tesuji::broken::Sound<Heap> {
  void Apply(tesuji::env::Action action) override {
    // What a user's bug looks like: it throws in a position that a campaign reaches soon.
    if (fragile && heap_ == 4 && action == 2) throw std::runtime_error("heap of four");
    Sound::Apply(action);
  }
  bool fragile = false;
};

class HeapEnvironment final : public tesuji::broken::SoundEnvironment<Heap> {
 public:
  explicit HeapEnvironment(bool fragile) : fragile_(fragile) { spec_.id = "heap"; }
  tesuji::Json parameters() const override { return {{"fragile", fragile_}}; }
  tesuji::Result<std::unique_ptr<tesuji::env::State>> NewState(
      const tesuji::env::Task& /*task*/) const override {
    auto state = std::make_unique<Heap>();
    state->fragile = fragile_;
    return state;
  }

 private:
  bool fragile_;
};

[[maybe_unused]] void AddHeap(tesuji::env::Registry* registry, const char* id) {
  registry->Add({.id = id,
                 .summary = "a heap",
                 .parameters = {{"fragile", false, "throw now and then"}},
                 .make = [](const tesuji::Json& parameters) {
                   return std::make_unique<const HeapEnvironment>(parameters.at("fragile"));
                 }});
}

}  // namespace

#if defined(PLUGIN_GOOD)
TESUJI_PLUGIN(registry) { AddHeap(registry, "heap"); }
#elif defined(PLUGIN_THROWS_AT_START)
TESUJI_PLUGIN(registry) {
  if (registry != nullptr) throw std::runtime_error("no licence");
}
#elif defined(PLUGIN_EMPTY)
TESUJI_PLUGIN(registry) { static_cast<void>(registry); }
#elif defined(PLUGIN_NAME_TAKEN)
TESUJI_PLUGIN(registry) { AddHeap(registry, "go"); }
#else
extern "C" __attribute__((visibility("default"))) const TesujiPluginInfo* TesujiPluginEntry() {
  static const TesujiPluginInfo info = {
#if defined(PLUGIN_OLD_INTERFACE)
    0,
    0,
    0,
    nullptr,
    nullptr,
    nullptr
#elif defined(PLUGIN_OTHER_COMPILER)
    tesuji::env::kPluginInterface,
    0,
    tesuji::env::PluginLayout(),
    "Clang 3",
    "0.0.1",
    nullptr
#else
    tesuji::env::kPluginInterface,
    0,
    17,
    TESUJI_PLUGIN_BUILD,
    "0.0.1",
    nullptr
#endif
  };
  return &info;
}
#endif
