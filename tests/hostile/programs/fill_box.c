#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <signal.h>

int main(void) {
  int fd = creat("/box/big", 0600);
  static char block[1 << 20];
  int n = 0;
  signal(SIGXFSZ, SIG_IGN);
  while (n < 4096 && write(fd, block, sizeof block) > 0) ++n;
  puts(n < 4096 ? "7" : "ESCAPED");
}
