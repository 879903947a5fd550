/* Locks, leases and notifications on the input, which other runs read too. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>
int main(void) {
  int a, b;
  signal(SIGIO, SIG_IGN);
  struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  flock(0, LOCK_EX | LOCK_NB);
  fcntl(0, F_SETLK, &lock);
  fcntl(0, F_SETLEASE, F_RDLCK);
  fcntl(0, F_SETOWN, 1);
  fcntl(1, F_SETOWN, 1);
  fcntl(1, F_SETFL, O_ASYNC | O_NONBLOCK);
  if (scanf("%d%d", &a, &b) == 2) printf("%d\n", a + b);
  return 0;
}
