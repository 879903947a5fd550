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
  const auto ends = std::minmax_element(a.begin(), a.end());
  const long long r = *ends.second - *ends.first;
  std::cout << r << "\n";
}
