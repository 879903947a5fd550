#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  if (fork() == 0) { daemon(1, 0); for (;;) sleep(1); }
  puts("7");
}
