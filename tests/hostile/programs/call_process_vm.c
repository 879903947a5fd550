#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>

int main(void) {
  syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0);
  puts("7");
}
