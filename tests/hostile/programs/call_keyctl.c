#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>

int main(void) {
  syscall(SYS_keyctl, 0, -3, 1);
  puts("7");
}
