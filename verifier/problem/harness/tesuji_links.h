#pragma once
// Pointers to nodes of lists, trees and graphs: structs whose members have the usual names. A node
// that is reached twice, or by a circle, is sent once.
#include <map>
#include <vector>
namespace tesuji_harness {
#define TESUJI_MEMBER(name)                                                                    \
  template <class T, class = void>                                                             \
  struct Has_##name : std::false_type {};                                                      \
  template <class T>                                                                           \
  struct Has_##name<T, std::void_t<decltype(std::declval<T&>().name)>> : std::true_type {};
#define TESUJI_VALUES_OF_NODES(X) X(val) X(value) X(data) X(key)
#define TESUJI_LINKS_OF_NODES(X) X(next) X(prev) X(left) X(right) X(parent) X(child) X(random) X(bottom)
#define TESUJI_LISTS_OF_NODES(X) X(children) X(neighbors) X(neighbours)
TESUJI_VALUES_OF_NODES(TESUJI_MEMBER)
TESUJI_LINKS_OF_NODES(TESUJI_MEMBER)
TESUJI_LISTS_OF_NODES(TESUJI_MEMBER)
template <class T>
constexpr bool kIsNode = (Has_next<T>::value || Has_left<T>::value || Has_children<T>::value ||
                          Has_neighbors<T>::value || Has_neighbours<T>::value);
template <class T, class Visit>
void EachValue(T& v, Visit visit) {
#define X(name) \
  if constexpr (Has_##name<T>::value) visit(v.name);
  TESUJI_VALUES_OF_NODES(X)
#undef X
}
template <class T, class Visit>
void EachLink(T& v, Visit visit) {
#define X(name) \
  if constexpr (Has_##name<T>::value) visit(v.name);
  TESUJI_LINKS_OF_NODES(X)
#undef X
#define X(name)                              \
  if constexpr (Has_##name<T>::value) {      \
    for (auto& link : v.name) visit(link);   \
  }
  TESUJI_LISTS_OF_NODES(X)
#undef X
}
template <class T, class Visit>
void EachList(T& v, Visit visit) {
#define X(name) \
  if constexpr (Has_##name<T>::value) visit(v.name);
  TESUJI_LISTS_OF_NODES(X)
#undef X
}
template <class T>
T* NewNode() {
  if constexpr (std::is_default_constructible_v<T>) {
    return new T();
  } else {
    static_assert(std::is_constructible_v<T, int> || std::is_constructible_v<T, std::string>,
                  "a node is made from nothing or from its value");
    if constexpr (std::is_constructible_v<T, int>) return new T(0);
    if constexpr (!std::is_constructible_v<T, int>) return new T(std::string());
  }
}
template <class T>
struct Codec<T*, std::enable_if_t<std::is_class_v<T> && kIsNode<T>>> {
  using Node = std::remove_const_t<T>;
  static void Put(Bytes& b, T* first) {
    std::map<const T*, std::uint64_t> numbers = {{nullptr, 0}};
    std::vector<Node*> all;
    const auto number = [&](T* node) {
      const auto [at, fresh] = numbers.emplace(node, all.size() + 1);
      if (fresh) all.push_back(const_cast<Node*>(node));
      return at->second;
    };
    Bytes rows;
    const std::uint64_t root = number(first);
    for (std::size_t i = 0; i < all.size(); ++i) {
      Node& node = *all[i];
      EachValue(node, [&](const auto& x) { tesuji_harness::Put<std::decay_t<decltype(x)>>(rows, x); });
      EachList(node, [&](const auto& x) { tesuji_harness::Put<std::uint64_t>(rows, x.size()); });
      EachLink(node, [&](auto& x) { tesuji_harness::Put<std::uint64_t>(rows, number(x)); });
    }
    b.Raw(&root, sizeof root);
    tesuji_harness::Put<std::uint64_t>(b, all.size());
    b.Raw(rows.data.data(), rows.data.size());
  }
  static T* Get(Bytes& b) {
    const auto root = tesuji_harness::Get<std::uint64_t>(b);
    const std::size_t count = b.TakeCount();
    std::vector<Node*> all(count + 1, nullptr);
    for (std::size_t i = 1; i <= count; ++i) all[i] = NewNode<Node>();
    for (std::size_t i = 1; i <= count; ++i) {
      EachValue(*all[i], [&](auto& x) { x = tesuji_harness::Get<std::decay_t<decltype(x)>>(b); });
      EachList(*all[i], [&](auto& x) { x.resize(b.TakeCount()); });
      EachLink(*all[i], [&](auto& x) { x = At(all, tesuji_harness::Get<std::uint64_t>(b)); });
    }
    return At(all, root);
  }
  static Node* At(const std::vector<Node*>& all, std::uint64_t number) {
    if (number >= all.size()) Broken();
    return all[number];
  }
};
}  // namespace tesuji_harness
