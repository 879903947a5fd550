#include "learner/batching_queue.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace tesuji::learner {

struct BatchingQueue::Job {
  std::span<const float> observations;
  int rows = 0;
  RawOutput* out = nullptr;
  std::chrono::steady_clock::time_point arrived;
  std::exception_ptr error;
  bool done = false;
};

class BatchingQueue::Client : public ForwardPass {
 public:
  explicit Client(std::shared_ptr<BatchingQueue> queue) : queue_(std::move(queue)) {
    const std::lock_guard lock(queue_->mutex_);
    ++queue_->clients_;
  }
  ~Client() override {
    {
      const std::lock_guard lock(queue_->mutex_);
      --queue_->clients_;
    }
    queue_->work_.notify_all();
  }
  void Run(std::span<const float> observations, int rows, RawOutput* out) override {
    Job job{observations, rows, out, std::chrono::steady_clock::now(), nullptr, false};
    queue_->RunAndWait(&job);
    if (job.error) std::rethrow_exception(job.error);
  }

 private:
  const std::shared_ptr<BatchingQueue> queue_;
};

std::shared_ptr<BatchingQueue> BatchingQueue::Create(std::unique_ptr<ForwardPass> forward,
                                                     const BatchingOptions& options) {
  return std::shared_ptr<BatchingQueue>(new BatchingQueue(std::move(forward), options));
}

BatchingQueue::BatchingQueue(std::unique_ptr<ForwardPass> forward, const BatchingOptions& options)
    : forward_(std::move(forward)), options_(options), worker_([this] { Work(); }) {
  assert(options_.batch > 0);
}

BatchingQueue::~BatchingQueue() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  work_.notify_all();
  worker_.join();
}

std::unique_ptr<ForwardPass> BatchingQueue::MakeClient() {
  return std::make_unique<Client>(shared_from_this());
}

std::int64_t BatchingQueue::batches() const {
  const std::lock_guard lock(mutex_);
  return batches_;
}

void BatchingQueue::RunAndWait(Job* job) {
  std::unique_lock lock(mutex_);
  waiting_.push_back(job);
  waiting_rows_ += job->rows;
  work_.notify_all();
  done_.wait(lock, [job] { return job->done; });
}

std::vector<BatchingQueue::Job*> BatchingQueue::NextBatch() {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
  if (waiting_.empty()) return {};
  const auto deadline = waiting_.front()->arrived + options_.wait;
  work_.wait_until(lock, deadline, [this] {
    return closing_ || waiting_rows_ >= options_.batch ||
           std::cmp_greater_equal(waiting_.size(), clients_);
  });
  std::vector<Job*> jobs;
  int rows = 0;
  while (!waiting_.empty() && (jobs.empty() || rows + waiting_.front()->rows <= options_.batch)) {
    rows += waiting_.front()->rows;
    jobs.push_back(waiting_.front());
    waiting_.pop_front();
  }
  waiting_rows_ -= rows;
  ++batches_;
  return jobs;
}

void BatchingQueue::Work() {
  for (;;) {
    const std::vector<Job*> jobs = NextBatch();
    if (jobs.empty()) return;
    std::exception_ptr error;
    try {
      RunBatch(jobs);
    } catch (...) {
      error = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex_);
      for (Job* job : jobs) {
        job->error = error;
        job->done = true;
      }
    }
    done_.notify_all();
  }
}

void BatchingQueue::RunBatch(const std::vector<Job*>& jobs) {
  observations_.clear();
  int rows = 0;
  for (const Job* job : jobs) {
    observations_.insert(observations_.end(), job->observations.begin(), job->observations.end());
    rows += job->rows;
  }
  forward_->Run(observations_, rows, &output_);
  std::size_t begin = 0;
  const auto total = static_cast<std::size_t>(rows);
  for (const Job* job : jobs) {
    const auto count = static_cast<std::size_t>(job->rows);
    const auto take = [&](const std::vector<float>& from, std::vector<float>* to) {
      const std::size_t width = from.size() / total;
      to->assign(from.begin() + static_cast<std::ptrdiff_t>(begin * width),
                 from.begin() + static_cast<std::ptrdiff_t>((begin + count) * width));
    };
    take(output_.policy, &job->out->policy);
    take(output_.outcome, &job->out->outcome);
    take(output_.score, &job->out->score);
    take(output_.ownership, &job->out->ownership);
    begin += count;
  }
}

}  // namespace tesuji::learner
