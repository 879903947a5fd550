// KataGo's training arrays, from games of Go: what its trainer reads as .npz (format 3, inputs
// version 7; channels as in cpp/neuralnet/nninputs.cpp and cpp/dataio/trainingwrite.h of KataGo).
//
// Known limits: ladder planes (14 to 17) are zero, planes 18 and 19 hold the area as it stands
// rather than what is pass-alive, and only positional or situational superko and simple ko exist.
// Weights of targets that a store does not have (lead, future positions, opponent's reply after the
// last row) are zero, so that no trainer learns from them.
// Thread-safety: as api/training_arrays.h says.
#pragma once

#include <memory>

#include "api/training_arrays.h"

namespace tesuji::env::go {

/// Null for boards that are not square: KataGo's layout has one side.
std::unique_ptr<TrainingArrays> MakeKataGoArrays(const ObservationShape& board);

}  // namespace tesuji::env::go
