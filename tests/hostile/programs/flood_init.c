/* Keeps process 1 busy with signals. */
#include <signal.h>
int main(void) {
  for (;;) {
    kill(1, SIGCHLD);
    kill(1, SIGRTMIN);
  }
}
