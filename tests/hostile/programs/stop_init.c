#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <signal.h>

int main(void) {
  kill(1, SIGSTOP);
  kill(1, SIGTERM);
  kill(1, SIGSEGV);
  puts("7");
}
