constexpr int Spin() {
  int x = 0;
  for (long i = 0; i < 1000000000000; ++i) x ^= 1;
  return x;
}
static_assert(Spin() == 0);
int main() {}
