#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  puts(fopen("/etc/passwd", "r") || fopen("/etc/shadow", "r") || fopen("/root/.bashrc", "r") ? "ESCAPED" : "7");
}
