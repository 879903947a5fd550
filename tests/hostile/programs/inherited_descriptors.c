#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int leak(void) {
  for (int i = 3; i < 1024; ++i) if (fcntl(i, F_GETFD) >= 0) return 1;
  return 0;
}
int main(void) {
  puts(leak() ? "ESCAPED" : "7");
}
