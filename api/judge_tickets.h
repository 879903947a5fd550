// Which tickets a judge holds, and whether what it answers keeps the contract of api/judge.h.
// Numbers are never used twice, so an answer that comes late, twice or from nowhere is told apart.
// Thread-safety: one thread at a time.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "api/judge.h"

namespace tesuji::env {

class JudgeTickets {
 public:
  enum class Answer : std::uint8_t {
    kSound,    ///< The one answer to a ticket that is out, and it has a value.
    kNoValue,  ///< The one answer, and it says that the judge failed: kInternalError.
    kBroken,   ///< The one answer, and it breaks the contract: no label.
    kLate,     ///< To a ticket that was given up: nobody waits for it.
    kNobodys,  ///< To a ticket that was never issued, or was answered before.
  };

  /// A new ticket; it is out from now on.
  std::uint64_t Issue();
  /// Submit() refused it: it is as if it had never been issued.
  void Withdraw(std::uint64_t ticket);
  /// It is not waited for any more.
  void GiveUp(std::uint64_t ticket);
  /// What `judgement` is. For all but kSound and kLate, *problem says what is wrong, in words that
  /// follow "the judge".
  Answer Take(const Judgement& judgement, std::string* problem);

  const std::set<std::uint64_t>& out() const { return out_; }

 private:
  std::uint64_t next_ = 1;
  std::set<std::uint64_t> out_;
  std::set<std::uint64_t> given_up_;
};

}  // namespace tesuji::env
