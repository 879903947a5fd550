#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>

int main(void) {
  syscall(SYS_perf_event_open, 0, 0, -1, -1, 0);
  puts("7");
}
