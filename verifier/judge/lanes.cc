#include "verifier/judge/lanes.h"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <thread>

namespace tesuji::verifier {

struct Lanes::Pool {
  explicit Pool(std::size_t count) : threads(count) {}
  boost::asio::thread_pool threads;
};

Lanes::Lanes(std::shared_ptr<const Sandbox> sandbox, int count, std::vector<Mount> mounts) {
  if (count <= 0) count = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  for (int i = 0; i < count; ++i) {
    all_.push_back(std::make_unique<Workplace>(sandbox, i, mounts));
    idle_.push_back(all_.back().get());
  }
  pool_ = std::make_unique<Pool>(static_cast<std::size_t>(count));
}

Lanes::~Lanes() { pool_->threads.join(); }

void Lanes::Post(Job job) {
  boost::asio::post(pool_->threads, [this, job = std::move(job)] {
    Workplace* mine = nullptr;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      mine = idle_.back();  // As many workplaces as threads: never empty.
      idle_.pop_back();
    }
    job(*mine);
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(mine);
  });
}

int Lanes::restarts() const {
  int sum = 0;
  for (const auto& place : all_) sum += place->restarts();
  return sum;
}

void Lanes::Cancel() {
  for (const auto& place : all_) place->Cancel();
}

std::vector<pid_t> Lanes::container_pids() const {
  std::vector<pid_t> pids;
  for (const auto& place : all_) {
    for (const pid_t pid : place->outer_pids()) pids.push_back(pid);
  }
  return pids;
}

}  // namespace tesuji::verifier
