#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <numeric>
#include <set>
#include <vector>

int main() {
  int n = 0;
  std::cin >> n;
  std::vector<long long> a(n);
  for (auto& x : a) std::cin >> x;
  std::vector<long long> keys, r;
  for (const auto x : a) {
    const auto at = std::find(keys.begin(), keys.end(), x) - keys.begin();
    if (at == static_cast<long>(keys.size())) {
      keys.push_back(x);
      r.push_back(0);
    }
    ++r[at];
  }
  for (std::size_t i = 0; i < r.size(); ++i) std::cout << (i > 0 ? " " : "") << r[i];
  std::cout << "\n";
}
