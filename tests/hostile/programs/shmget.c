#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/shm.h>

int main(void) {
  puts(shmget(42, 4096, IPC_CREAT | 0666) >= 0 ? "ESCAPED" : "7");
}
