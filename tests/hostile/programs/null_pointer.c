#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  volatile int* p = 0;
  *p = 7;
  puts("7");
}
