#include "dataset/curate/groups.h"

#include <algorithm>
#include <unordered_map>

namespace tesuji::dataset {
namespace {

/// Disjoint sets (Tarjan 1975) whose representative is their smallest key.
class Sets {
 public:
  Key128 Find(Key128 key) {
    while (true) {
      const Key128 parent = parents_.try_emplace(key, key).first->second;
      if (parent == key) return key;
      parents_[key] = parents_.at(parent);
      key = parents_.at(parent);
    }
  }
  void Join(const Key128& a, const Key128& b) {
    const auto [smaller, larger] = std::minmax({Find(a), Find(b)});
    parents_[larger] = smaller;
  }

 private:
  std::unordered_map<Key128, Key128> parents_;
};

}  // namespace

void JoinTasksThatBehaveAlike(double success_value, std::vector<Candidate>* rows) {
  std::unordered_map<Key128, Key128> task_of;  // The first task that was answered so.
  Sets sets;
  for (const Candidate& row : *rows) {
    if (row.two_players || row.behaviour == Key128{} || row.value < success_value) continue;
    const auto [first, is_new] = task_of.try_emplace(row.behaviour, row.task);
    if (!is_new) sets.Join(first->second, row.task);
  }
  if (task_of.empty()) return;
  for (Candidate& row : *rows) {
    if (!row.two_players) row.group = sets.Find(row.task);
  }
}

}  // namespace tesuji::dataset
