#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  int a, b;
  if (scanf("%d %d", &a, &b) == 2) printf("%d\n", a + b);
  return 0;
}
