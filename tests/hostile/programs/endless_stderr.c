#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  for (;;) fputs("7777777777777777777777777777777777777777777777777777777777777", stderr);
}
