// The tables of the learner's options; see core/settings.h.
// Thread-safety: free functions.
#pragma once

#include "core/settings.h"
#include "learner/model.h"
#include "learner/replay_window.h"
#include "learner/trainer.h"

namespace tesuji::learner {

/// Section [network].
void Describe(SettingsTable* table, NetworkConfig* config);
/// The key `device` of the section that was begun last.
void Describe(SettingsTable* table, Device* device);
/// Section [learner]; network and device are not among its rows.
void Describe(SettingsTable* table, TrainerOptions* options);
void Describe(SettingsTable* table, WindowOptions* options);

}  // namespace tesuji::learner
