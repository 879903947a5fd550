#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <signal.h>

int main(void) {
  puts("7");
  fflush(stdout);
  kill(getpid(), SIGKILL);
}
