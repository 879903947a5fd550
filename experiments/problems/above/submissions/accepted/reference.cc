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
  long long k = 0;
  std::cin >> k;
  const auto r = std::count_if(a.begin(), a.end(), [&](long long x) { return x > k; });
  std::cout << r << "\n";
}
