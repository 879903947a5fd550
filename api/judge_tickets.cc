#include "api/judge_tickets.h"

#include <fmt/format.h>

#include <string_view>

namespace tesuji::env {
namespace {

/// Evidence may be any JSON; a judge that failed says why under "message".
std::string MessageOf(const Json& evidence) {
  if (!evidence.is_object()) return {};
  const auto found = evidence.find("message");
  if (found == evidence.end() || !found->is_string()) return {};
  return found->get<std::string>().substr(0, 200);
}

JudgeTickets::Answer CheckContent(const Judgement& judgement, std::string* problem) {
  using Answer = JudgeTickets::Answer;
  if (judgement.verdict > Verdict::kInternalError) {
    *problem = fmt::format("gave verdict {}, which is none", static_cast<int>(judgement.verdict));
    return Answer::kBroken;
  }
  const std::string_view name = VerdictName(judgement.verdict);
  if (judgement.verdict == Verdict::kInternalError) {
    if (judgement.value) {
      *problem = fmt::format("gave a value, {}, with verdict {}", *judgement.value, name);
      return Answer::kBroken;
    }
    const std::string message = MessageOf(judgement.evidence);
    *problem = message.empty() ? "failed (IE) and does not say why" : "failed (IE): " + message;
    return Answer::kNoValue;
  }
  if (!judgement.value) {
    *problem = fmt::format("gave no value with verdict {}", name);
    return Answer::kBroken;
  }
  if (!(*judgement.value >= -1 && *judgement.value <= 1)) {
    *problem = fmt::format("gave value {}, outside [-1, 1]", *judgement.value);
    return Answer::kBroken;
  }
  return Answer::kSound;
}

}  // namespace

std::uint64_t JudgeTickets::Issue() {
  out_.insert(next_);
  return next_++;
}

void JudgeTickets::Withdraw(std::uint64_t ticket) { out_.erase(ticket); }

void JudgeTickets::GiveUp(std::uint64_t ticket) {
  if (out_.erase(ticket) > 0) given_up_.insert(ticket);
}

JudgeTickets::Answer JudgeTickets::Take(const Judgement& judgement, std::string* problem) {
  const std::uint64_t ticket = judgement.ticket;
  if (out_.erase(ticket) > 0) return CheckContent(judgement, problem);
  if (given_up_.erase(ticket) > 0) return Answer::kLate;
  *problem = ticket == 0 || ticket >= next_
                 ? fmt::format("answered ticket {}, which it never got", ticket)
                 : fmt::format("answered ticket {}, which is answered already", ticket);
  return Answer::kNobodys;
}

}  // namespace tesuji::env
