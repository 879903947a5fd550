#pragma once
// Comes after the task's own includes: a container's codec is there when its header is.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
namespace tesuji_harness {
extern "C" {
long read(int, void*, unsigned long);
long write(int, const void*, unsigned long);
void _exit(int) __attribute__((noreturn));
}
[[noreturn]] inline void Broken() { _exit(98); }
struct Bytes {
  std::string data;
  std::size_t at = 0;
  void Raw(const void* p, std::size_t n) { data.append(static_cast<const char*>(p), n); }
  void Take(void* p, std::size_t n) {
    if (n > data.size() - at) Broken();
    std::memcpy(p, data.data() + at, n);
    at += n;
  }
  void Kind(char kind) { Raw(&kind, 1); }
  char TakeKind() {
    char kind = 0;
    Take(&kind, 1);
    return kind;
  }
  void Count(std::size_t n) {
    std::uint64_t v = n;
    Raw(&v, sizeof v);
  }
  std::size_t TakeCount() {
    std::uint64_t v = 0;
    Take(&v, sizeof v);
    if (v > data.size() - at) Broken();
    return static_cast<std::size_t>(v);
  }
};
/// What a frame from the candidate is.
constexpr char kAnswer = 0;
constexpr char kException = 1;
constexpr char kCallback = 2;
template <class T, class = void>
struct Codec;
template <class T>
void Put(Bytes& b, const T& v) {
  Codec<T>::Put(b, v);
}
template <class T>
T Get(Bytes& b) {
  return Codec<T>::Get(b);
}
template <class T>
struct Codec<T, std::enable_if_t<std::is_arithmetic_v<T> || std::is_enum_v<T>>> {
  static void Put(Bytes& b, const T& v) { b.Raw(&v, sizeof v); }
  static T Get(Bytes& b) {
    if constexpr (std::is_same_v<T, bool>) {
      char c = 0;
      b.Take(&c, 1);
      return c != 0;
    } else {
      T v;
      b.Take(&v, sizeof v);
      return v;
    }
  }
};
template <>
struct Codec<std::string> {
  static void Put(Bytes& b, const std::string& v) {
    b.Count(v.size());
    b.Raw(v.data(), v.size());
  }
  static std::string Get(Bytes& b) {
    std::string v(b.TakeCount(), 0);
    b.Take(v.data(), v.size());
    return v;
  }
};
template <class A, class B>
struct Codec<std::pair<A, B>> {
  using P = std::pair<A, B>;
  static void Put(Bytes& b, const P& v) {
    tesuji_harness::Put<std::remove_const_t<A>>(b, v.first);
    tesuji_harness::Put<B>(b, v.second);
  }
  static P Get(Bytes& b) {
    auto first = tesuji_harness::Get<std::remove_const_t<A>>(b);
    return P(std::move(first), tesuji_harness::Get<B>(b));
  }
};
template <class... T>
struct Codec<std::tuple<T...>> {
  static void Put(Bytes& b, const std::tuple<T...>& v) {
    std::apply([&](const T&... x) { (tesuji_harness::Put<T>(b, x), ...); }, v);
  }
  static std::tuple<T...> Get(Bytes& b) { return std::tuple<T...>{tesuji_harness::Get<T>(b)...}; }
};
#ifdef _GLIBCXX_OPTIONAL
template <class T>
struct Codec<std::optional<T>> {
  static void Put(Bytes& b, const std::optional<T>& v) {
    tesuji_harness::Put<bool>(b, v.has_value());
    if (v) tesuji_harness::Put<T>(b, *v);
  }
  static std::optional<T> Get(Bytes& b) {
    if (!tesuji_harness::Get<bool>(b)) return std::nullopt;
    return tesuji_harness::Get<T>(b);
  }
};
#endif
#ifdef _GLIBCXX_VARIANT
template <>
struct Codec<std::monostate> {
  static void Put(Bytes&, const std::monostate&) {}
  static std::monostate Get(Bytes&) { return {}; }
};
template <class... T>
struct Codec<std::variant<T...>> {
  using V = std::variant<T...>;
  static void Put(Bytes& b, const V& v) {
    b.Count(v.index());
    std::visit([&](const auto& x) { tesuji_harness::Put<std::decay_t<decltype(x)>>(b, x); }, v);
  }
  template <std::size_t I>
  static V At(Bytes& b, std::size_t index) {
    if constexpr (I < sizeof...(T)) {
      if (index != I) return At<I + 1>(b, index);
      return V(std::in_place_index<I>, tesuji_harness::Get<std::variant_alternative_t<I, V>>(b));
    } else {
      Broken();
    }
  }
  static V Get(Bytes& b) {
    std::uint64_t index = 0;
    b.Take(&index, sizeof index);
    return At<0>(b, index);
  }
};
#endif
#ifdef _GLIBCXX_COMPLEX
template <class T>
struct Codec<std::complex<T>> {
  static void Put(Bytes& b, const std::complex<T>& v) { b.Raw(&v, sizeof v); }
  static std::complex<T> Get(Bytes& b) {
    std::complex<T> v;
    b.Take(&v, sizeof v);
    return v;
  }
};
#endif
#ifdef _GLIBCXX_BITSET
template <std::size_t N>
struct Codec<std::bitset<N>> {
  static void Put(Bytes& b, const std::bitset<N>& v) {
    for (std::size_t i = 0; i < N; ++i) tesuji_harness::Put<bool>(b, v[i]);
  }
  static std::bitset<N> Get(Bytes& b) {
    std::bitset<N> v;
    for (std::size_t i = 0; i < N; ++i) v[i] = tesuji_harness::Get<bool>(b);
    return v;
  }
};
#endif
template <class T>
constexpr bool kIsArray = false;
#ifdef _GLIBCXX_ARRAY
template <class T, std::size_t N>
constexpr bool kIsArray<std::array<T, N>> = true;
template <class T, std::size_t N>
struct Codec<std::array<T, N>> {
  static void Put(Bytes& b, const std::array<T, N>& v) {
    for (const T& x : v) tesuji_harness::Put<T>(b, x);
  }
  static std::array<T, N> Get(Bytes& b) {
    std::array<T, N> v{};
    for (T& x : v) x = tesuji_harness::Get<T>(b);
    return v;
  }
};
#endif
template <class C>
struct Sequence {
  using V = typename C::value_type;
  static void Put(Bytes& b, const C& v) {
    std::size_t n = 0;
    for (auto it = v.begin(); it != v.end(); ++it) ++n;
    b.Count(n);
    for (const auto& x : v) tesuji_harness::Put<V>(b, x);
  }
  static C Get(Bytes& b) {
    C v;
    for (std::size_t n = b.TakeCount(); n > 0; --n) v.insert(v.end(), tesuji_harness::Get<V>(b));
    return v;
  }
};
#ifdef _GLIBCXX_VECTOR
template <class... T>
struct Codec<std::vector<T...>> : Sequence<std::vector<T...>> {};
#endif
#ifdef _GLIBCXX_DEQUE
template <class... T>
struct Codec<std::deque<T...>> : Sequence<std::deque<T...>> {};
#endif
#ifdef _GLIBCXX_LIST
template <class... T>
struct Codec<std::list<T...>> : Sequence<std::list<T...>> {};
#endif
#ifdef _GLIBCXX_FORWARD_LIST
template <class T>
struct Codec<std::forward_list<T>> {
  static void Put(Bytes& b, const std::forward_list<T>& v) { Sequence<std::forward_list<T>>::Put(b, v); }
  static std::forward_list<T> Get(Bytes& b) {
    std::forward_list<T> v;
    auto at = v.before_begin();
    for (std::size_t n = b.TakeCount(); n > 0; --n) at = v.insert_after(at, tesuji_harness::Get<T>(b));
    return v;
  }
};
#endif
#ifdef _GLIBCXX_MAP
template <class... T>
struct Codec<std::map<T...>> : Sequence<std::map<T...>> {};
template <class... T>
struct Codec<std::multimap<T...>> : Sequence<std::multimap<T...>> {};
#endif
#ifdef _GLIBCXX_SET
template <class... T>
struct Codec<std::set<T...>> : Sequence<std::set<T...>> {};
template <class... T>
struct Codec<std::multiset<T...>> : Sequence<std::multiset<T...>> {};
#endif
#if defined(_GLIBCXX_UNORDERED_MAP) || defined(_UNORDERED_MAP_H)
template <class... T>
struct Codec<std::unordered_map<T...>> : Sequence<std::unordered_map<T...>> {};
template <class... T>
struct Codec<std::unordered_multimap<T...>> : Sequence<std::unordered_multimap<T...>> {};
#endif
#if defined(_GLIBCXX_UNORDERED_SET) || defined(_UNORDERED_SET_H)
template <class... T>
struct Codec<std::unordered_set<T...>> : Sequence<std::unordered_set<T...>> {};
template <class... T>
struct Codec<std::unordered_multiset<T...>> : Sequence<std::unordered_multiset<T...>> {};
#endif
/// std::stack, std::queue and std::priority_queue: through the container inside.
template <class C>
struct Adaptor : C {
  using Inside = typename C::container_type;
  static void Put(Bytes& b, const C& v) { tesuji_harness::Put<Inside>(b, v.*&Adaptor::c); }
  static C Get(Bytes& b) {
    C v;
    v.*&Adaptor::c = tesuji_harness::Get<Inside>(b);
    return v;
  }
};
#ifdef _GLIBCXX_STACK
template <class... T>
struct Codec<std::stack<T...>> : Adaptor<std::stack<T...>> {};
#endif
#ifdef _GLIBCXX_QUEUE
template <class... T>
struct Codec<std::queue<T...>> : Adaptor<std::queue<T...>> {};
template <class... T>
struct Codec<std::priority_queue<T...>> : Adaptor<std::priority_queue<T...>> {};
#endif
#ifdef _GLIBCXX_STRING_VIEW
/// A view's or a pointer's text has to live somewhere.
inline const std::string& Kept(std::string text) {
  struct Node {
    std::string text;
    Node* next;
  };
  static Node* all = nullptr;
  all = new Node{std::move(text), all};
  return all->text;
}
template <>
struct Codec<std::string_view> {
  static void Put(Bytes& b, const std::string_view& v) {
    tesuji_harness::Put<std::string>(b, std::string(v));
  }
  static std::string_view Get(Bytes& b) { return Kept(tesuji_harness::Get<std::string>(b)); }
};
template <>
struct Codec<const char*> {
  static void Put(Bytes& b, const char* const& v) {
    tesuji_harness::Put<bool>(b, v != nullptr);
    if (v != nullptr) tesuji_harness::Put<std::string>(b, v);
  }
  static const char* Get(Bytes& b) {
    if (!tesuji_harness::Get<bool>(b)) return nullptr;
    return Kept(tesuji_harness::Get<std::string>(b)).c_str();
  }
};
#endif
/// Plain structs: field by field, up to eight.
struct Anything {
  template <class T>
  operator T() const;
};
template <class T, class... A>
auto CanBrace(int) -> decltype(T{std::declval<A>()...}, std::true_type());
template <class T, class... A>
std::false_type CanBrace(...);
template <class T, class... A>
constexpr int FieldCount() {
  if constexpr (sizeof...(A) == 9) {
    return 0;
  } else {
    constexpr int kMore = FieldCount<T, A..., Anything>();
    if constexpr (kMore > 0) {
      return kMore;
    } else {
      return decltype(CanBrace<T, A...>(0))::value ? static_cast<int>(sizeof...(A)) : 0;
    }
  }
}
template <class T, class V>
void EachField(T& v, V visit) {
  constexpr int n = FieldCount<std::remove_const_t<T>>();
  static_assert(n > 0 && n <= 8, "structs of up to eight fields can be passed");
  if constexpr (n == 1) { auto& [a] = v; visit(a); }
  if constexpr (n == 2) { auto& [a, b] = v; visit(a); visit(b); }
  if constexpr (n == 3) { auto& [a, b, c] = v; visit(a); visit(b); visit(c); }
  if constexpr (n == 4) { auto& [a, b, c, d] = v; visit(a); visit(b); visit(c); visit(d); }
  if constexpr (n == 5) { auto& [a, b, c, d, e] = v; visit(a); visit(b); visit(c); visit(d); visit(e); }
  if constexpr (n == 6) { auto& [a, b, c, d, e, f] = v; visit(a); visit(b); visit(c); visit(d); visit(e); visit(f); }
  if constexpr (n == 7) { auto& [a, b, c, d, e, f, g] = v; visit(a); visit(b); visit(c); visit(d); visit(e); visit(f); visit(g); }
  if constexpr (n == 8) { auto& [a, b, c, d, e, f, g, h] = v; visit(a); visit(b); visit(c); visit(d); visit(e); visit(f); visit(g); visit(h); }
}
template <class T>
struct Codec<T, std::enable_if_t<std::is_class_v<T> && std::is_aggregate_v<T> && !kIsArray<T>>> {
  static void Put(Bytes& b, const T& v) {
    EachField(v, [&](const auto& x) { tesuji_harness::Put<std::decay_t<decltype(x)>>(b, x); });
  }
  static T Get(Bytes& b) {
    T v{};
    EachField(v, [&](auto& x) { x = tesuji_harness::Get<std::decay_t<decltype(x)>>(b); });
    return v;
  }
};
inline bool Move(int fd, void* p, std::size_t n, bool out) {
  char* at = static_cast<char*>(p);
  while (n > 0) {
    const long got = out ? write(fd, at, n) : read(fd, at, n);
    if (got <= 0) return false;
    at += got;
    n -= static_cast<std::size_t>(got);
  }
  return true;
}
inline bool Send(int fd, Bytes& b) {
  std::uint64_t n = b.data.size();
  return Move(fd, &n, sizeof n, true) && Move(fd, &b.data[0], b.data.size(), true);
}
inline bool Receive(int fd, Bytes& b) {
  std::uint64_t n = 0;
  b.at = 0;
  if (!Move(fd, &n, sizeof n, false) || n > (64U << 20)) return false;
  b.data.resize(n);
  return Move(fd, &b.data[0], n, false);
}
template <class T>
constexpr bool kComesBack =
    std::is_lvalue_reference_v<T> && !std::is_const_v<std::remove_reference_t<T>>;
template <class T>
struct Type {
  using Is = T;
};
/// boost::any and std::any alike: the types that a literal or a usual container gives.
struct Opaque {};
template <class Any, class Cast>
struct AnyCodec {
  template <class Visit>
  static bool EachType(Visit visit) {
    return visit(Type<int>()) || visit(Type<double>()) || visit(Type<std::string>()) ||
           visit(Type<bool>()) || visit(Type<char>()) || visit(Type<long>()) ||
           visit(Type<float>()) || visit(Type<long long>()) || visit(Type<unsigned>()) ||
           visit(Type<unsigned long>()) || visit(Type<unsigned long long>()) ||
           visit(Type<short>()) || visit(Type<long double>())
#ifdef _GLIBCXX_STRING_VIEW
           || visit(Type<const char*>())
#endif
#ifdef _GLIBCXX_VECTOR
           || visit(Type<std::vector<int>>()) || visit(Type<std::vector<double>>()) ||
           visit(Type<std::vector<std::string>>()) || visit(Type<std::vector<Any>>())
#endif
#ifdef _GLIBCXX_LIST
           || visit(Type<std::list<int>>()) || visit(Type<std::list<Any>>())
#endif
#ifdef _GLIBCXX_MAP
           || visit(Type<std::map<std::string, Any>>())
#endif
        ;
  }
  static void Put(Bytes& b, const Any& v) {
    std::uint64_t tag = 0;
    const bool known = EachType([&](auto type) {
      ++tag;
      using T = typename decltype(type)::Is;
      const T* held = Cast::template Of<T>(v);
      if (held == nullptr) return false;
      b.Raw(&tag, sizeof tag);
      tesuji_harness::Put<T>(b, *held);
      return true;
    });
    if (known) return;
    tag = Cast::Empty(v) ? 0 : 99;
    b.Raw(&tag, sizeof tag);
  }
  static Any Get(Bytes& b) {
    std::uint64_t tag = 0;
    b.Take(&tag, sizeof tag);
    if (tag == 0) return Any();
    std::uint64_t at = 0;
    Any v;
    if (EachType([&](auto type) {
          using T = typename decltype(type)::Is;
          if (++at != tag) return false;
          v = tesuji_harness::Get<T>(b);
          return true;
        })) {
      return v;
    }
    return Any(Opaque());
  }
};
#ifdef BOOST_ANY_INCLUDED
struct BoostCast {
  template <class T>
  static const T* Of(const boost::any& v) { return boost::any_cast<T>(&v); }
  static bool Empty(const boost::any& v) { return v.empty(); }
};
template <>
struct Codec<boost::any> : AnyCodec<boost::any, BoostCast> {};
#endif
#ifdef _GLIBCXX_ANY
struct StdCast {
  template <class T>
  static const T* Of(const std::any& v) { return std::any_cast<T>(&v); }
  static bool Empty(const std::any& v) { return !v.has_value(); }
};
template <>
struct Codec<std::any> : AnyCodec<std::any, StdCast> {};
#endif
}  // namespace tesuji_harness
