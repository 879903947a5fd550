#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sched.h>

int main(void) {
  unshare(CLONE_NEWUSER);
  puts("7");
}
