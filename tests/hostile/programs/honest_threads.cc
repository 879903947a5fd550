#include <iostream>
#include <thread>
int main() {
  int a, b, sum = 0;
  std::cin >> a >> b;
  std::thread t([&] { sum = a + b; });
  t.join();
  std::cout << sum << "\n";
}
