#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  if (fork() == 0) { setsid(); if (fork() == 0) sleep(1000); _exit(0); }
  puts("7");
}
