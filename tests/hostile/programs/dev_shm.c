/* Shared memory is the run's own: nothing of another run is there, and what is left goes with it. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int main(void) {
  int found = 0;
  DIR* folder = opendir("/dev/shm");
  for (struct dirent* e; folder && (e = readdir(folder));) found += e->d_name[0] != '.';
  int made = shm_open("/left", O_CREAT | O_EXCL | O_RDWR, 0600) >= 0;
  puts(folder && made && !found ? "7" : "ESCAPED");
}
