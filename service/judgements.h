// Judgements that were asked for through the API: how far each is, its results, who waits for it.
//
// A judgement has one or more submissions, judged independently. Once it is done it is kept for a
// while, so that its results can be fetched; the oldest go first when there are too many.
// Thread-safety: all methods from any thread; functions are called outside of locks.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/json.h"

namespace tesuji::service {

class Judgement {
 public:
  Judgement(std::string id, const std::vector<std::string>& submissions);

  const std::string& id() const { return id_; }
  void SetRunning(std::size_t submission);
  /// `result` is an object that is shown; the state is "done", "failed", "cancelled" or "late".
  /// `when_last` is called before those who wait when no submission is left.
  void Finish(std::size_t submission, const std::string& state, Json result,
              const std::function<void()>& when_last);
  bool done() const;
  using Waiting = std::shared_ptr<const std::function<void()>>;
  /// `waiting` is called once, when all submissions are finished, or at once when they are. It is
  /// not kept alive here: whoever lets go of it waits no more.
  void WhenDone(const Waiting& waiting);
  /// True from the first call on.
  void Cancel() { cancelled_ = true; }
  bool cancelled() const { return cancelled_; }
  /// {"id", "state", "finished", "total", "results": [{"submission", "state", …}]}, a JSON text.
  std::string Text() const;
  std::size_t bytes() const;

 private:
  const std::string id_;
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  const std::vector<std::string> names_;
  std::vector<std::string> results_;  ///< JSON texts.
  std::size_t finished_ = 0;
  std::size_t bytes_ = 0;
  bool started_ = false;
  std::vector<std::weak_ptr<const std::function<void()>>> waiting_;
};

struct JudgementStoreOptions {
  std::size_t kept = 10'000;           ///< Judgements that are done.
  std::size_t kept_bytes = 256 << 20;  ///< Of their results.
  std::chrono::seconds kept_for{600};
};

class JudgementStore {
 public:
  explicit JudgementStore(JudgementStoreOptions options) : options_(options) {}

  /// Its id cannot be guessed.
  std::shared_ptr<Judgement> Make(const std::vector<std::string>& submissions);
  std::shared_ptr<Judgement> Find(const std::string& id);
  /// It was refused after all.
  void Forget(const std::string& id);
  /// Call when a judgement is done: from now on it counts as kept.
  void Done(const std::shared_ptr<Judgement>& judgement);

 private:
  struct Kept {
    std::string id;
    std::size_t bytes;
    std::chrono::steady_clock::time_point since;
  };
  const JudgementStoreOptions options_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Judgement>> judgements_;
  std::deque<Kept> done_;  ///< Oldest first.
  std::size_t bytes_ = 0;
};

}  // namespace tesuji::service
