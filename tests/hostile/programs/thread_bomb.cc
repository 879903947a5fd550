#include <cstdio>
#include <system_error>
#include <thread>
#include <unistd.h>
int main() {
  try {
    for (int i = 0; i < 10000; ++i) std::thread([] { sleep(1000); }).detach();
  } catch (const std::system_error&) {
    std::puts("7");
    std::fflush(stdout);
    _exit(0);
  }
}
