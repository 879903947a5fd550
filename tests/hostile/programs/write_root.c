#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

int main(void) {
  puts(open("/evil", O_CREAT | O_RDWR, 0600) >= 0 || open("/usr/lib/evil", O_CREAT | O_RDWR, 0600) >= 0 || open("/dev/evil", O_CREAT | O_RDWR, 0600) >= 0 ? "ESCAPED" : "7");
}
