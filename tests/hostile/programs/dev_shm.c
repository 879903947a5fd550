#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

int main(void) {
  puts(open("/dev/shm/x", O_CREAT | O_RDWR, 0600) >= 0 ? "ESCAPED" : "7");
}
