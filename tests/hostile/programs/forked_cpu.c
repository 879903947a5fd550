#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  for (int i = 0; i < 4; ++i) if (fork() == 0) for (;;) {}
  sleep(1000);
}
