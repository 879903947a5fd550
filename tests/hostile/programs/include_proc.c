#include "/proc/1/environ"
#include "/proc/self/mem"
int main(void) { return 0; }
