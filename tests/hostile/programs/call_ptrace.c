#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ptrace.h>

int main(void) {
  ptrace(PTRACE_ATTACH, 1, 0, 0);
  puts("7");
}
