#pragma once
namespace tesuji_harness {
template <class F>
struct Server;
template <class R, class... A>
struct Server<R (*)(A...)> {
  static int Run(R (*function)(A...)) {
    const int in = 3;
    const int out = 4;
    Bytes b;
    while (Receive(in, b)) {
      Bytes answer;
      answer.Kind(kAnswer);
#ifdef TESUJI_SEND_EXCEPTIONS
      Caught(answer, [&] { Call(function, b, answer); });
#else
      Call(function, b, answer);
#endif
      if (!Send(out, answer)) break;
    }
    std::fflush(nullptr);
    _exit(0);
  }
  static void Call(R (*function)(A...), Bytes& b, Bytes& answer) {
    std::tuple<std::decay_t<A>...> args{tesuji_harness::Get<std::decay_t<A>>(b)...};
    std::apply(
        [&](auto&... x) {
          if constexpr (std::is_void_v<R>) {
            function(static_cast<A>(x)...);
          } else {
            tesuji_harness::Put<std::decay_t<R>>(answer, function(static_cast<A>(x)...));
          }
          (Back<A>(answer, x), ...);
        },
        args);
  }
  template <class T, class X>
  static void Back(Bytes& b, const X& x) {
    if constexpr (kComesBack<T>) tesuji_harness::Put<X>(b, x);
  }
};
}  // namespace tesuji_harness
