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
  const long long r = std::inner_product(a.begin(), a.end(), a.begin(), 0LL);
  std::cout << r << "\n";
}
