#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

int main(void) {
  puts(access("/box/tmp/mark", F_OK) == 0 || creat("/box/tmp/mark", 0600) < 0 ? "ESCAPED" : "7");
}
