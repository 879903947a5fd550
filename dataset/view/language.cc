#include "dataset/view/language.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/dataset_hooks.h"

namespace tesuji::dataset {

std::string TaskPrompt(const env::Environment& environment, const env::Task& task) {
  std::string prompt = env::DescribeTask(environment, task).prompt;
  if (!prompt.empty()) return prompt;
  const auto start = environment.NewState(task);
  return fmt::format("Task of {}, {}:\n\n{}", environment.spec().id, task.parameters.dump(),
                     start ? (*start)->ToText() : std::string());
}

std::string StepsPrompt(const env::Environment& environment, const env::Task& task) {
  std::string prompt = env::DescribeTask(environment, task).steps_prompt;
  return prompt.empty() ? TaskPrompt(environment, task) : prompt;
}

std::string MovePrompt(const env::Environment& environment, const env::State& state) {
  return fmt::format("A position of {}:\n\n{}\nWhat is the best move?", environment.spec().id,
                     state.ToText());
}

std::vector<Message> Chat(const std::string& system, const std::string& question,
                          const std::string* answer) {
  std::vector<Message> messages;
  if (!system.empty()) messages.push_back({"system", system});
  messages.push_back({"user", question});
  if (answer != nullptr) messages.push_back({"assistant", *answer});
  return messages;
}

const env::PolicyEntry* BestEntry(const env::Step& step) {
  const auto best = std::ranges::max_element(step.policy, {}, &env::PolicyEntry::probability);
  return best == step.policy.end() ? nullptr : &*best;
}

bool AsksForMoves(const env::Environment& environment) {
  return environment.spec().player_count == 2;
}

}  // namespace tesuji::dataset
