#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <numeric>
#include <set>
#include <vector>

int main() {
  long long k = 0;
  std::cin >> k;
  const long long r = k * (k + 1) / 2;
  std::cout << r << "\n";
}
