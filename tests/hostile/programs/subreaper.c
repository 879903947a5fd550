/* Adopts its orphans, so that they do not go to process 1, and leaves them behind. */
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(void) {
  int a, b;
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (int i = 0; i < 5; ++i) {
    if (fork() == 0) {
      if (fork() == 0) {
        setsid();
        for (;;) sleep(1000);
      }
      _exit(0);
    }
  }
  if (scanf("%d%d", &a, &b) == 2) printf("%d\n", a + b);
  return 0;
}
