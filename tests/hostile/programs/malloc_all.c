#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  for (;;) { char* p = malloc(1 << 20); if (!p) { fputs("std::bad_alloc", stderr); abort(); }; memset(p, 1, 1 << 20); }
}
