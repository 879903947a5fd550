/* The third set of system calls of this processor. */
#include <stdio.h>
#include <unistd.h>
int main(void) {
  syscall(0x40000000 + 39);
  puts("7");
  return 0;
}
