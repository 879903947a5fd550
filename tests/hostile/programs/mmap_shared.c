#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

int main(void) {
  char* p = mmap(0, 1UL << 29, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) { fputs("std::bad_alloc", stderr); abort(); }
  memset(p, 1, 1UL << 29);
  puts("7");
}
