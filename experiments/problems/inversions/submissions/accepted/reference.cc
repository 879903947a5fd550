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
  long long r = 0;
  for (int i = 0; i < n; ++i) {
    for (int j = i + 1; j < n; ++j) r += a[i] > a[j] ? 1 : 0;
  }
  std::cout << r << "\n";
}
