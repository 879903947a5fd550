#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>

int main(void) {
  mount("none", "/box", "tmpfs", 0, 0);
  puts("7");
}
