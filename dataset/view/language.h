// Text that views for language models share: prompts, names of moves.
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "dataset/view/view.h"

namespace tesuji::dataset {

/// What a task says before anything is done.
std::string TaskPrompt(const env::Environment& environment, const env::Task& task);
/// The same for answers that are given action by action.
std::string StepsPrompt(const env::Environment& environment, const env::Task& task);

/// The question for the best move of a position.
std::string MovePrompt(const env::Environment& environment, const env::State& state);

/// A chat: the system prompt when there is one, a question, and an answer when not null.
std::vector<Message> Chat(const std::string& system, const std::string& question,
                          const std::string* answer);

/// The most probable entry of a search policy; null when there is none.
const env::PolicyEntry* BestEntry(const env::Step& step);

/// Does the view make a row of each position of this environment?
bool AsksForMoves(const env::Environment& environment);

}  // namespace tesuji::dataset
