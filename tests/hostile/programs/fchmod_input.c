#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

int main(void) {
  puts(fchmod(0, 0) == 0 ? "ESCAPED" : "7");
}
