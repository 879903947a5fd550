#pragma once
// std::function as a parameter: the function stays with the tests, and the candidate asks for a
// call by its number.
#include <functional>
#include <vector>
namespace tesuji_harness {
inline std::vector<std::function<void(Bytes&, Bytes&)>>& Given() {
  static std::vector<std::function<void(Bytes&, Bytes&)>> all;
  return all;
}
inline void CallBack(Bytes& b, Bytes& result) {
  std::uint64_t number = 0;
  b.Take(&number, sizeof number);
  if (number >= Given().size()) Broken();
  const auto function = Given()[number];  // A copy: calls within calls may add to the list.
  function(b, result);
}
template <class R, class... A>
struct Codec<std::function<R(A...)>> {
  using F = std::function<R(A...)>;
  static void Put(Bytes& b, const F& v) {
    const std::uint64_t number = v ? Given().size() : ~std::uint64_t{0};
    b.Raw(&number, sizeof number);
    if (!v) return;
    Given().push_back([v](Bytes& in, Bytes& out) {
      std::tuple<std::decay_t<A>...> args{tesuji_harness::Get<std::decay_t<A>>(in)...};
      if constexpr (std::is_void_v<R>) {
        std::apply(v, args);
      } else {
        tesuji_harness::Put<std::decay_t<R>>(out, std::apply(v, args));
      }
    });
  }
  static F Get(Bytes& b) {
    std::uint64_t number = 0;
    b.Take(&number, sizeof number);
    if (number == ~std::uint64_t{0}) return F();
    return [number](A... args) -> R {
      Bytes call;
      call.Kind(kCallback);
      call.Raw(&number, sizeof number);
      (tesuji_harness::Put<std::decay_t<A>>(call, args), ...);
      if (!Send(4, call) || !Receive(3, call)) _exit(0);
      if constexpr (!std::is_void_v<R>) return tesuji_harness::Get<std::decay_t<R>>(call);
    };
  }
};
}  // namespace tesuji_harness
