// Judges that break each promise of api/judge.h.
#include <csignal>
#include <stdexcept>
#include <thread>

#include "tests/contract/broken/judged.h"

namespace tesuji::broken {
namespace {

struct NamelessJudge : SoundJudge {
  Json identity() const override { return {{"version", 1}}; }
};
struct ForgetfulJudge : SoundJudge {
  bool Submit(std::uint64_t ticket, const State& finished) override {
    if (ticket % 5 != 0) SoundJudge::Submit(ticket, finished);
    return true;
  }
};
struct RepeatingJudge : SoundJudge {
  bool Submit(std::uint64_t ticket, const State& finished) override {
    SoundJudge::Submit(ticket, finished);
    return SoundJudge::Submit(ticket, finished);
  }
};
struct InventingJudge : SoundJudge {
  bool Submit(std::uint64_t ticket, const State& finished) override {
    return SoundJudge::Submit(ticket + 1'000, finished);
  }
};
struct LoudJudge : SoundJudge {
  bool Submit(std::uint64_t ticket, const State& finished) override {
    SoundJudge::Submit(ticket, finished);
    done_.back().value = 7.0F;
    return true;
  }
};
struct ValuelessJudge : SoundJudge {
  bool Submit(std::uint64_t ticket, const State& finished) override {
    SoundJudge::Submit(ticket, finished);
    done_.back().value.reset();
    return true;
  }
};
struct LabellingJudge : SoundJudge {
  bool Submit(std::uint64_t ticket, const State& finished) override {
    SoundJudge::Submit(ticket, finished);
    done_.back().verdict = Verdict::kInternalError;
    return true;
  }
};
struct FailingJudge : SoundJudge {
  bool Submit(std::uint64_t ticket, const State& /*finished*/) override {
    done_.push_back({.ticket = ticket,
                     .verdict = Verdict::kInternalError,
                     .value = {},
                     .evidence = {{"message", "no licence for the solver"}}});
    return true;
  }
};
struct ThrowingJudge : SoundJudge {
  std::vector<Judgement> Collect(std::chrono::milliseconds /*wait*/) override {
    throw std::runtime_error("no answer from the solver");
  }
};
struct ClosedJudge : SoundJudge {
  bool Submit(std::uint64_t /*ticket*/, const State& /*finished*/) override { return false; }
};
struct MoodyJudge : SoundJudge {
  bool Submit(std::uint64_t ticket, const State& finished) override {
    SoundJudge::Submit(ticket, finished);
    done_.back().value = ticket % 7 == 0 ? 0.25F : 0.5F;
    return true;
  }
};
struct CrashingJudge : SoundJudge {
  std::vector<Judgement> Collect(std::chrono::milliseconds /*wait*/) override {
    std::raise(SIGSEGV);
    return {};
  }
};
struct HangingJudge : SoundJudge {
  std::vector<Judgement> Collect(std::chrono::milliseconds /*wait*/) override {
    for (;;) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
};

template <class J>
Fault MakeJudged(const char* id, const char* named, bool kills = false) {
  Fault fault = Make<AwaitingEnvironment>(id, named, kills);
  fault.make_judge = [](const Environment& /*environment*/) -> Result<std::unique_ptr<Judge>> {
    return std::make_unique<J>();
  };
  return fault;
}

}  // namespace

Fault SoundlyJudged() { return MakeJudged<SoundJudge>("sound-judge", ""); }

std::vector<Fault> BrokenJudges() {
  const char* once = "each accepted ticket comes back once, and no other does";
  const char* value = "a judgement has a value in [-1, 1], or kInternalError and no value";
  return {
      Make<AwaitingEnvironment>("no-judge", "an environment whose episodes await a judge has one"),
      MakeJudged<NamelessJudge>("nameless-judge", "Judge::identity is an object with \"name\""),
      MakeJudged<ForgetfulJudge>("forgetful-judge", "states are out and none came back within"),
      MakeJudged<RepeatingJudge>("repeating-judge", once),
      MakeJudged<InventingJudge>("inventing-judge", once),
      MakeJudged<LoudJudge>("loud-judge", value),
      MakeJudged<ValuelessJudge>("valueless-judge", value),
      MakeJudged<LabellingJudge>("labelling-judge", value),
      MakeJudged<FailingJudge>("failing-judge", "the judge can judge"),
      MakeJudged<ThrowingJudge>("throwing-judge", "Judge::Collect keeps its contract"),
      MakeJudged<ClosedJudge>("closed-judge", "Judge::Submit accepts a state while"),
      MakeJudged<MoodyJudge>("moody-judge", "Judge::repeats means that equal states"),
      MakeJudged<CrashingJudge>("crashing-judge", "crashes (Segmentation fault) in Judge::Collect",
                                true),
      MakeJudged<HangingJudge>("hanging-judge", "does not return from Judge::Collect", true)};
}

}  // namespace tesuji::broken
