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
  for (const auto x : a) {
    if (std::find(b.begin(), b.end(), x) != b.end()) r.push_back(x);
  }
  for (std::size_t i = 0; i < r.size(); ++i) std::cout << (i > 0 ? " " : "") << r[i];
  std::cout << "\n";
}
