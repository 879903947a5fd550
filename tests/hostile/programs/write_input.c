#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  puts(write(0, "x", 1) == 1 || ftruncate(0, 0) == 0 ? "ESCAPED" : "7");
}
