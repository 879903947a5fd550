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
  const std::set<long long> s(a.begin(), a.end());
  const std::vector<long long> r(s.begin(), s.end());
  for (std::size_t i = 0; i < r.size(); ++i) std::cout << (i > 0 ? " " : "") << r[i];
  std::cout << "\n";
}
