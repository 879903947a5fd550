#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  if (fork() == 0) { execl("/usr/bin/sleep", "sleep", "1000", (char*)0); _exit(1); }
  puts("7");
}
