#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
__attribute__((noinline)) static int down(int n) {
  volatile char pad[4096];
  pad[0] = (char)n;
  return down(n + 1) + pad[0];
}
int main(void) {
  printf("%d\n", down(7));
}
