#include <vector>
int main() {
  std::vector<std::vector<char>*> all;
  for (;;) all.push_back(new std::vector<char>(1 << 20, 1));
}
