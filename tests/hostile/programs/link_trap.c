// Links where results are looked for; a later run must not find them.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  const int soft = symlink("/usr/bin/true", "/box/program");
  const int outside = symlink("/proc/1/root/etc/passwd", "/box/out");
  const int hard = link("/usr/bin/true", "/box/hard");  // Another file system: refused.
  char byte;
  FILE *through = fopen("/box/out", "r");
  puts(soft == 0 && outside == 0 && hard != 0 && through == NULL ? "7" : "8");
  return through != NULL && fread(&byte, 1, 1, through) > 0;
}
