#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>

int main(void) {
  puts(setrlimit(RLIMIT_NPROC, &(struct rlimit){9999, 9999}) == 0 ? "ESCAPED" : "7");
}
