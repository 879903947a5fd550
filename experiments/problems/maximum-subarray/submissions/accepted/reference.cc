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
  long long best = a[0], here = a[0];
  for (int i = 1; i < n; ++i) {
    here = std::max(a[i], here + a[i]);
    best = std::max(best, here);
  }
  const long long r = best;
  std::cout << r << "\n";
}
