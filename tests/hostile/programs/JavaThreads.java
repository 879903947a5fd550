// Starts threads until there are no more, each of which waits.
public class JavaThreads {
  public static void main(String[] args) throws Exception {
    for (int i = 0; i < 100000; ++i) {
      Thread thread = new Thread(() -> {
        try {
          Thread.sleep(1000000);
        } catch (InterruptedException e) {
        }
      });
      thread.setDaemon(true);
      thread.start();
    }
    System.out.println(7);
  }
}
