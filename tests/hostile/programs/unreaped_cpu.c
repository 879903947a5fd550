#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <signal.h>

int main(void) {
  signal(SIGCHLD, SIG_IGN);
  for (;;) { if (fork() == 0) { for (volatile int i = 0; i < 100000000; ++i) {} _exit(0); } usleep(1000); }
}
