#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

int main(void) {
  int n = 0;
  char name[64];
  for (; n < 100000; ++n) {
    sprintf(name, "/box/f%d", n);
    int fd = creat(name, 0600);
    if (fd < 0) break;
    close(fd);
  }
  puts(n < 100000 ? "7" : "ESCAPED");
}
