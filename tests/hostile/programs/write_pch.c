/* The compiler's own folders, and the machine's, are not there for programs. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
  int a, b, found = 0;
  const char *const paths[] = {"/pch",     "/usr/include/stdio.h",
                               "/proc/self",    "/sys",
                               "/dev/pts", "/dev/mem",
                               "/run",     "/var",
                               "/root",    "/home"};
  for (int i = 0; i < 10; ++i) found += access(paths[i], F_OK) == 0;
  found += open("/agent", O_WRONLY) >= 0;
  found += open("/dev/x", O_WRONLY | O_CREAT, 0600) >= 0;
  if (scanf("%d%d", &a, &b) == 2) printf("%d\n", a + b + found);
  return 0;
}
