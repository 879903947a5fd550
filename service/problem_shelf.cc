#include "service/problem_shelf.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/files.h"
#include "core/printable.h"
#include "verifier/judge/time_limit.h"
#include "verifier/problem/task_file.h"

namespace tesuji::service {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 100;

bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.' || c == '+';
         });
}

}  // namespace

std::vector<std::string> ProblemShelf::Names() const {
  std::vector<std::string> names;
  if (folder_.empty()) return names;
  std::error_code error;
  for (auto it = fs::directory_iterator(folder_, error); it != fs::directory_iterator();
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (Has(name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool ProblemShelf::Has(const std::string& name) const {
  std::error_code error;
  return HoldsTasks(name) ||
         (!folder_.empty() && IsName(name) && fs::is_directory(folder_ / name, error));
}

bool ProblemShelf::HoldsTasks(const std::string& name) const {
  std::error_code error;
  return !folder_.empty() && IsName(name) && verifier::HoldsTaskRows(name) &&
         fs::is_regular_file(folder_ / name, error);
}

ProblemShelf::Place& ProblemShelf::PlaceOf(const std::string& name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return places_[name];
}

Result<std::shared_ptr<const verifier::Problem>> ProblemShelf::Get(verifier::Workplace& workplace,
                                                                   const std::string& name,
                                                                   const std::atomic<bool>& ended) {
  if (!Has(name)) return Fail(fmt::format("no problem '{}'", name));
  Place& place = PlaceOf(name);
  const std::lock_guard<std::mutex> lock(place.mutex);
  if (place.problem != nullptr) return place.problem;
  auto problem = verifier::LoadProblem(folder_ / name);
  if (!problem) return tl::unexpected(problem.error());
  if (!problem->limits.time_seconds) {
    const auto rules = verifier::SubmissionRules::Load(folder_ / name);
    if (!rules) return tl::unexpected(rules.error());
    problem->limits.time_seconds =
        verifier::CalibrateTimeLimit(compiler_, workplace, *problem, *rules);
    if (ended) return Fail("cancelled");  // Runs were cut short: the limit means nothing.
  }
  problem->name = name;  // Not the path of this machine.
  place.problem = std::make_shared<const verifier::Problem>(std::move(*problem));
  return place.problem;
}

Result<std::shared_ptr<const verifier::JudgeTask>> ProblemShelf::GetTask(const std::string& name,
                                                                         const std::string& id) {
  if (!HoldsTasks(name)) return Fail(fmt::format("no file of tasks '{}'", name));
  Place& place = PlaceOf(name);
  const std::lock_guard<std::mutex> lock(place.mutex);
  if (place.tasks == nullptr) {
    const auto text = ReadFile(folder_ / name);
    if (!text) return Fail(fmt::format("the file of tasks '{}' cannot be read", name));
    auto list = verifier::ParseTasks(*text, name);  // The name, not the path of this machine.
    if (!list) return tl::unexpected(list.error());
    auto tasks = std::make_shared<Tasks>();
    for (verifier::JudgeTask& task : *list) (*tasks)[task.id] = std::move(task);
    place.tasks = std::move(tasks);
  }
  const Tasks& tasks = *place.tasks;
  const auto found = id.empty() && tasks.size() == 1 ? tasks.begin() : tasks.find(id);
  if (found == tasks.end()) {
    const std::string what = id.empty() ? "task_id is missing"
                                        : fmt::format("no task '{}'", Printable(id.substr(0, 100)));
    return Fail(fmt::format("{}: {}; it holds {} tasks, the first is '{}'", name, what,
                            tasks.size(), Printable(tasks.begin()->first.substr(0, 100))));
  }
  return std::shared_ptr<const verifier::JudgeTask>(place.tasks, &found->second);
}

}  // namespace tesuji::service
