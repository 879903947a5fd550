// Reads what is not in the box and writes outside it.
import java.nio.file.*;

public class JavaFiles {
  public static void main(String[] args) {
    String found = "";
    for (String name : new String[] {"/etc/passwd", "/proc/self/maps", "/root/.bashrc", "/1.ans"}) {
      try {
        Files.readAllBytes(Paths.get(name));
        found += name;
      } catch (Exception refused) {
      }
    }
    for (String name : new String[] {"/usr/lib/x", "/x", "/dev/x"}) {
      try {
        Files.write(Paths.get(name), new byte[1]);
        found += name;
      } catch (Exception refused) {
      }
    }
    System.out.println(found.isEmpty() ? "7" : found);
  }
}
