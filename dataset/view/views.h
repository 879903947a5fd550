// Makers of the single views; use view.h.
#pragma once

#include <memory>

#include "dataset/view/view.h"

namespace tesuji::dataset {

/// One row a kept position: features, policy and value targets.
std::unique_ptr<View> MakePositionsView(const Recipe& recipe, const env::Environment& environment);
/// One row an episode: its artifact (SGF, program), its actions, its figures.
std::unique_ptr<View> MakeTrajectoriesView(const Recipe& recipe,
                                           const env::Environment& environment);

/// Questions with verified answers, for supervised fine-tuning.
std::unique_ptr<View> MakeSolutionsView(const Recipe& recipe, const env::Environment& environment);
/// Verified better against verified worse answers.
std::unique_ptr<View> MakePreferencesView(const Recipe& recipe,
                                          const env::Environment& environment);
/// Episodes with a label a step, from search values.
std::unique_ptr<View> MakeStepsView(const Recipe& recipe, const env::Environment& environment);
/// Searches written out as text.
std::unique_ptr<View> MakeTracesView(const Recipe& recipe, const env::Environment& environment);
/// Tasks for reinforcement learning, in verl's columns.
std::unique_ptr<View> MakeRlView(const Recipe& recipe, const env::Environment& environment);

}  // namespace tesuji::dataset
