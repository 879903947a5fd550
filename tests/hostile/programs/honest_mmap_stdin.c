#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

int main(void) {
  char* p = mmap(0, 4096, PROT_READ, MAP_PRIVATE, 0, 0);
  int a, b;
  sscanf(p, "%d %d", &a, &b);
  printf("%d\n", a + b);
}
