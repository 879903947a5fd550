#include "service/judgements.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/rand.h>

#include <array>

#include "core/result.h"

namespace tesuji::service {
namespace {

std::string RandomId() {
  std::array<unsigned char, 16> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw MachineError("no random bytes from this machine");
  }
  std::string id;
  for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

/// What is shown of a submission.
std::string State(const std::string& name, const std::string& state, Json shown = Json::object()) {
  shown["submission"] = name;
  shown["state"] = state;
  return shown.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Judgement::Judgement(std::string id, const std::vector<std::string>& submissions)
    : id_(std::move(id)), names_(submissions) {
  for (const std::string& name : names_) results_.push_back(State(name, "queued"));
}

void Judgement::SetRunning(std::size_t submission) {
  const std::lock_guard<std::mutex> lock(mutex_);
  started_ = true;
  results_[submission] = State(names_[submission], "running");
}

void Judgement::Finish(std::size_t submission, const std::string& state, Json result,
                       const std::function<void()>& when_last) {
  std::string text = State(names_[submission], state, std::move(result));
  std::vector<std::weak_ptr<const std::function<void()>>> waiting;
  bool last = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    bytes_ += text.size();
    results_[submission] = std::move(text);
    started_ = true;
    last = ++finished_ == results_.size();
    if (last) waiting.swap(waiting_);
  }
  if (last) when_last();
  for (const auto& one : waiting) {
    if (const Waiting still = one.lock()) (*still)();
  }
}

bool Judgement::done() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return finished_ == results_.size();
}

void Judgement::WhenDone(const Waiting& waiting) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (finished_ < results_.size()) {
      std::erase_if(waiting_, [](const auto& one) { return one.expired(); });
      waiting_.push_back(waiting);
      return;
    }
  }
  (*waiting)();
}

std::string Judgement::Text() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const char* state = finished_ == results_.size() ? "done" : started_ ? "running" : "queued";
  return fmt::format(R"({{"id":"{}","state":"{}","finished":{},"total":{},"results":[{}]}})"
                     "\n",
                     id_, state, finished_, results_.size(), fmt::join(results_, ","));
}

std::size_t Judgement::bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return bytes_;
}

std::shared_ptr<Judgement> JudgementStore::Make(const std::vector<std::string>& submissions) {
  auto judgement = std::make_shared<Judgement>(RandomId(), submissions);
  const std::lock_guard<std::mutex> lock(mutex_);
  judgements_[judgement->id()] = judgement;
  return judgement;
}

std::shared_ptr<Judgement> JudgementStore::Find(const std::string& id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = judgements_.find(id);
  return found == judgements_.end() ? nullptr : found->second;
}

void JudgementStore::Forget(const std::string& id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  judgements_.erase(id);
}

void JudgementStore::Done(const std::shared_ptr<Judgement>& judgement) {
  const auto now = std::chrono::steady_clock::now();
  const std::size_t bytes = judgement->bytes();
  const std::lock_guard<std::mutex> lock(mutex_);
  done_.push_back({judgement->id(), bytes, now});
  bytes_ += bytes;
  while (done_.size() > 1 && (done_.size() > options_.kept || bytes_ > options_.kept_bytes ||
                              now - done_.front().since > options_.kept_for)) {
    bytes_ -= done_.front().bytes;
    judgements_.erase(done_.front().id);
    done_.pop_front();
  }
}

}  // namespace tesuji::service
