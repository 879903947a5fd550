// Opens a port, which succeeds wherever there are sockets at all.
import java.net.*;

public class JavaNetwork {
  public static void main(String[] args) {
    boolean open = false;
    try (ServerSocket server = new ServerSocket(0)) {
      open = true;
    } catch (Exception refused) {
    }
    try (DatagramSocket socket = new DatagramSocket()) {
      open = true;
    } catch (Exception refused) {
    }
    System.out.println(open ? "escaped" : "7");
  }
}
