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
  int m = 0;
  std::cin >> m;
  std::vector<long long> b(m);
  for (auto& x : b) std::cin >> x;
  std::vector<long long> r;
  for (int i = 0; i < n; ++i) {
    r.push_back(a[i]);
    r.push_back(b[i]);
  }
  for (std::size_t i = 0; i < r.size(); ++i) std::cout << (i > 0 ? " " : "") << r[i];
  std::cout << "\n";
}
