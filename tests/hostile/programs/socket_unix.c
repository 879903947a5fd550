#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

int main(void) {
  puts(socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? "ESCAPED" : "7");
}
