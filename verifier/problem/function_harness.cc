#include "verifier/problem/function_harness.h"

namespace tesuji::verifier {

const char kHarnessWire[] =
    R"cpp(#pragma once
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <unistd.h>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>
          namespace tesuji_harness {
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
          template <class C>
          struct Sequence {
            using V = typename C::value_type;
            static void Put(Bytes& b, const C& v) {
              b.Count(v.size());
              for (const auto& x : v) tesuji_harness::Put<V>(b, x);
            }
            static C Get(Bytes& b) {
              C v;
              for (std::size_t n = b.TakeCount(); n > 0; --n) v.insert(v.end(), tesuji_harness::Get<V>(b));
              return v;
            }
          };
          template <class... T>
          struct Codec<std::vector<T...>> : Sequence<std::vector<T...>> {};
          template <class... T>
          struct Codec<std::deque<T...>> : Sequence<std::deque<T...>> {};
          template <class... T>
          struct Codec<std::list<T...>> : Sequence<std::list<T...>> {};
          template <class... T>
          struct Codec<std::map<T...>> : Sequence<std::map<T...>> {};
          template <class... T>
          struct Codec<std::multimap<T...>> : Sequence<std::multimap<T...>> {};
          template <class... T>
          struct Codec<std::set<T...>> : Sequence<std::set<T...>> {};
          template <class... T>
          struct Codec<std::multiset<T...>> : Sequence<std::multiset<T...>> {};
          template <class... T>
          struct Codec<std::unordered_map<T...>> : Sequence<std::unordered_map<T...>> {};
          template <class... T>
          struct Codec<std::unordered_set<T...>> : Sequence<std::unordered_set<T...>> {};
          inline bool Move(int fd, void* p, std::size_t n, bool out) {
            char* at = static_cast<char*>(p);
            while (n > 0) {
              const ssize_t got = out ? write(fd, at, n) : read(fd, at, n);
              if (got <= 0) return false;
              at += got;
              n -= static_cast<std::size_t>(got);
            }
            return true;
          }
          inline bool Send(int fd, Bytes& b) {
            std::uint64_t n = b.data.size();
            return Move(fd, &n, sizeof n, true) && Move(fd, b.data.data(), b.data.size(), true);
          }
          inline bool Receive(int fd, Bytes& b) {
            std::uint64_t n = 0;
            b.at = 0;
            if (!Move(fd, &n, sizeof n, false) || n > (64U << 20)) return false;
            b.data.resize(n);
            return Move(fd, b.data.data(), n, false);
          }
          template <class T>
          constexpr bool kComesBack =
              std::is_lvalue_reference_v<T> && !std::is_const_v<std::remove_reference_t<T>>;
          }  // namespace tesuji_harness
    )cpp";

const char kHarnessAny[] =
    R"cpp(#pragma once
#ifdef BOOST_ANY_INCLUDED
          namespace tesuji_harness {
          struct Opaque {};
          template <>
          struct Codec<boost::any> {
            template <class T>
            static bool Try(Bytes& b, const boost::any& v, char tag) {
              const T* held = boost::any_cast<T>(&v);
              if (held == nullptr) return false;
              b.Raw(&tag, 1);
              tesuji_harness::Put<T>(b, *held);
              return true;
            }
            static void Put(Bytes& b, const boost::any& v) {
              const char none = v.empty() ? 0 : 99;
              if (v.empty()) return b.Raw(&none, 1);
              if (Try<int>(b, v, 1) || Try<double>(b, v, 2) || Try<std::string>(b, v, 3) ||
                  Try<bool>(b, v, 4) || Try<char>(b, v, 5) || Try<long>(b, v, 6) ||
                  Try<float>(b, v, 7) || Try<long long>(b, v, 8)) {
                return;
              }
              if (const char* const* text = boost::any_cast<const char*>(&v)) {
                const char tag = 9;
                b.Raw(&tag, 1);
                return tesuji_harness::Put<std::string>(b, *text);
              }
              b.Raw(&none, 1);
            }
            static boost::any Get(Bytes& b) {
              char tag = 0;
              b.Take(&tag, 1);
              switch (tag) {
                case 0:
                  return boost::any();
                case 1:
                  return tesuji_harness::Get<int>(b);
                case 2:
                  return tesuji_harness::Get<double>(b);
                case 3:
                  return tesuji_harness::Get<std::string>(b);
                case 4:
                  return tesuji_harness::Get<bool>(b);
                case 5:
                  return tesuji_harness::Get<char>(b);
                case 6:
                  return tesuji_harness::Get<long>(b);
                case 7:
                  return tesuji_harness::Get<float>(b);
                case 8:
                  return tesuji_harness::Get<long long>(b);
                case 9: {
                  static std::list<std::string> kept;  // A pointer's text has to live somewhere.
                  kept.push_back(tesuji_harness::Get<std::string>(b));
                  return static_cast<const char*>(kept.back().c_str());
                }
                default:
                  return Opaque();
              }
            }
          };
          }  // namespace tesuji_harness
#endif
    )cpp";

const char kHarnessServer[] = R"cpp(#pragma once
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
                                          std::tuple<std::decay_t<A>...> args{tesuji_harness::Get<std::decay_t<A>>(b)...};
                                          Bytes answer;
                                          std::apply(
                                              [&](auto&... x) {
                                                if constexpr (std::is_void_v<R>) {
                                                  function(static_cast<A>(x)...);
                                                } else {
                                                  tesuji_harness::Put<std::decay_t<R>>(
                                                      answer, function(static_cast<A>(x)...));
                                                }
                                                (Back<A>(answer, x), ...);
                                              },
                                              args);
                                          if (!Send(out, answer)) break;
                                        }
                                        std::fflush(nullptr);
                                        _exit(0);
                                      }
                                      template <class T, class X>
                                      static void Back(Bytes& b, const X& x) {
                                        if constexpr (kComesBack<T>) tesuji_harness::Put<X>(b, x);
                                      }
                                    };
                                    }  // namespace tesuji_harness
)cpp";

const char kHarnessClient[] = R"cpp(#pragma once
                                    namespace tesuji_harness {
                                    inline long checks = 0;
                                    inline bool failed = false;
                                    // Nothing of the candidate is in this process: leaving main()
                                    // normally means that every assertion on the way held.
                                    struct Proof {
                                      ~Proof() {
                                        const char* nonce = std::getenv("TESUJI_NONCE");
                                        if (!failed && nonce != nullptr) std::fprintf(stdout, "\n%s %ld\n", nonce, checks);
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
                                      if (!good) Stop(1, text, line);
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
                                        if (!Send(3, b) || !Receive(4, b)) Stop(97, "the candidate is gone", 0);
                                        if constexpr (std::is_void_v<R>) {
                                          (Back<A>(b, args), ...);
                                        } else {
                                          std::decay_t<R> result = tesuji_harness::Get<std::decay_t<R>>(b);
                                          (Back<A>(b, args), ...);
                                          return result;
                                        }
                                      }
                                    };
                                    }  // namespace tesuji_harness
)cpp";

const char kHarnessAssert[] = R"cpp(#undef assert
#define assert(...) (tesuji_harness::Check(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, __LINE__))
#ifndef static_assert
#define TESUJI_HARNESS_ASSERT
#endif
)cpp";

}  // namespace tesuji::verifier
