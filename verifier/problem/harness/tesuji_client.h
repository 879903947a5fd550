#pragma once
namespace tesuji_harness {
inline long checks = 0;
inline long calls = 0;
inline bool failed = false;
// Nothing of the candidate is in this process: leaving main() normally means that every assertion
// on the way held.
struct Proof {
  ~Proof() {
    const char* nonce = std::getenv("TESUJI_NONCE");
    if (!failed && nonce != nullptr) std::fprintf(stdout, "\n%s %ld %ld\n", nonce, checks, calls);
  }
};
inline Proof proof;
[[noreturn]] inline void Stop(int code, const char* text, int line) {
  failed = true;
  std::fprintf(stderr, "assertion at line %d: %s\n", line, text);
  std::fflush(nullptr);
  _exit(code);
}
inline void Check(bool good, const char* text, int line) {
  ++checks;
  if (!good) Stop(calls > 0 ? 1 : 96, text, line);
}
template <class F>
struct Client;
template <class R, class... A>
struct Client<R (*)(A...)> {
  template <class T>
  static void Back(Bytes& b, std::remove_reference_t<T>& x) {
    if constexpr (kComesBack<T>) x = tesuji_harness::Get<std::decay_t<T>>(b);
  }
  static R Call(std::remove_reference_t<A>&... args) {
    Bytes b;
    (tesuji_harness::Put<std::decay_t<A>>(b, args), ...);
    if (!Send(3, b)) Stop(97, "the candidate is gone", 0);
    ++calls;
    for (;;) {
      if (!Receive(4, b)) Stop(97, "the candidate is gone", 0);
      const char kind = b.TakeKind();
      if (kind == kAnswer) break;
#ifdef TESUJI_SEND_FUNCTIONS
      if (kind == kCallback) {
        Bytes result;
        CallBack(b, result);
        if (!Send(3, result)) Stop(97, "the candidate is gone", 0);
        continue;
      }
#endif
#ifdef TESUJI_SEND_EXCEPTIONS
      if (kind == kException) Throw(b);
#endif
      Broken();
    }
    if constexpr (std::is_void_v<R>) {
      (Back<A>(b, args), ...);
      if (b.at != b.data.size()) Broken();
    } else {
      using Value = std::decay_t<R>;
      Value result = tesuji_harness::Get<Value>(b);
      (Back<A>(b, args), ...);
      if (b.at != b.data.size()) Broken();
      if constexpr (std::is_reference_v<R>) {
        return *new Value(std::move(result));  // A few bytes an assertion.
      } else {
        return result;
      }
    }
  }
};
}  // namespace tesuji_harness
