#include "campaign/rejections.h"

#include <fmt/format.h>

namespace tesuji::campaign {

void Rejections::NoteSound() {
  const std::lock_guard lock(mutex_);
  ++sound_;
}

bool Rejections::NoteRejected(std::uint64_t episode, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (rejected_ == 0) first_ = fmt::format("episode {}: {}", episode, reason);
  return ++rejected_ == 1;
}

std::string Rejections::Words() const {
  const std::lock_guard lock(mutex_);
  return rejected_ == 0 ? std::string() : fmt::format("{} rejected ({})", rejected_, first_);
}

std::string Rejections::Excess() const {
  const std::lock_guard lock(mutex_);
  const std::int64_t all = sound_ + rejected_;
  if (rejected_ <= kToleratedCount ||
      static_cast<double>(rejected_) <= kTolerated * static_cast<double>(all)) {
    return {};
  }
  return fmt::format(
      "{} of {} new episodes break the rules, which is more than {:.0f} %; the first is {}. They "
      "are kept in the store as rejected. Correct the environment (`tesuji check-env` tells more) "
      "and use a new store",
      rejected_, all, 100 * kTolerated, first_);
}

}  // namespace tesuji::campaign
