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
  std::vector<long long> r;
  for (int i = 0; i < n; ++i) {
    if (i > 0 && a[i] == a[i - 1])
      ++r.back();
    else
      r.push_back(1);
  }
  for (std::size_t i = 0; i < r.size(); ++i) std::cout << (i > 0 ? " " : "") << r[i];
  std::cout << "\n";
}
