/* An object file larger than the compiler's box. */
__asm__(".data\n.fill 1000000000, 1, 1\n");
int main(void) { return 0; }
