#include "api/judge_guard.h"

#include <fmt/format.h>

#include "api/guarded_call.h"

namespace tesuji::env {
namespace {

class GuardedJudge final : public Judge {
 public:
  GuardedJudge(std::unique_ptr<Judge> inside, GuardedName whom)
      : inside_(std::move(inside)), whom_(std::move(whom)) {}

  ~GuardedJudge() override {
    if (whom_.trace != nullptr) whom_.trace->Set("Judge::~Judge", "any state");
    const CrashFrame frame(Frame("Judge::~Judge"));
    inside_.reset();
  }
  Json identity() const override {
    return GuardedCall(
        whom_, Frame("Judge::identity"), [] { return std::string("any state"); },
        [&] { return inside_->identity(); });
  }
  bool repeats() const override {
    return GuardedCall(
        whom_, Frame("Judge::repeats"), [] { return std::string("any state"); },
        [&] { return inside_->repeats(); });
  }
  bool Submit(std::uint64_t ticket, const State& finished) override {
    const auto describe = [&] {
      return fmt::format("ticket {}, {}", ticket, DescribeGuarded(finished));
    };
    return GuardedCall(whom_, Frame("Judge::Submit"), describe,
                       [&] { return inside_->Submit(ticket, Unguarded(finished)); });
  }
  std::vector<Judgement> Collect(std::chrono::milliseconds wait) override {
    const auto describe = [&] { return fmt::format("a wait of {} ms", wait.count()); };
    return GuardedCall(whom_, Frame("Judge::Collect"), describe,
                       [&] { return inside_->Collect(wait); });
  }

 private:
  CallInProgress Frame(const char* method) const {
    return {.environment = whom_.name.c_str(), .method = method};
  }

  std::unique_ptr<Judge> inside_;
  GuardedName whom_;
};

}  // namespace

std::unique_ptr<Judge> GuardJudge(std::unique_ptr<Judge> judge, const Environment& environment,
                                  GuardTrace* trace) {
  return std::make_unique<GuardedJudge>(std::move(judge),
                                        GuardedName{GuardedNameOf(environment), trace});
}

}  // namespace tesuji::env
