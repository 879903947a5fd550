#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static char big[3000000000UL];
int main(void) {
  memset(big, 1, sizeof big);
  puts(big[5] ? "7" : "8");
}
