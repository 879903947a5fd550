#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

int main(void) {
  mkfifo("/box/program", 0666);
  symlink("/etc/passwd", "/box/out");
  puts("7");
}
