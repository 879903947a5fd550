// Leaves a process behind that would outlive it.
public class JavaExec {
  public static void main(String[] args) throws Exception {
    try {
      new ProcessBuilder("/bin/sh", "-c", "sleep 1000 & sleep 1000").start();
    } catch (java.io.IOException refused) {
    }
    System.out.println(7);
  }
}
