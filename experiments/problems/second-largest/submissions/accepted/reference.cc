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
  std::set<long long> s(a.begin(), a.end());
  const long long r = *std::next(s.rbegin());
  std::cout << r << "\n";
}
