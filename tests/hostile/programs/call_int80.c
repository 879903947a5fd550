#include <stdio.h>
int main(void) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
  puts("7");
  return 0;
}
