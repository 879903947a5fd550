// A folder that nobody may enter, deep trees, and files without a name left open.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  mkdir("/box/locked", 0);
  chdir("/box/tmp");
  for (int i = 0; i < 1000; ++i) {
    if (mkdir("d", 0700) != 0 || chdir("d") != 0) break;
  }
  const int fd = open("/box/gone", O_CREAT | O_RDWR, 0600);
  unlink("/box/gone");
  puts(fd >= 0 ? "7" : "8");
}
