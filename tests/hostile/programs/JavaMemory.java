import java.util.*;

public class JavaMemory {
  public static void main(String[] args) {
    List<byte[]> all = new ArrayList<>();
    for (;;) all.add(new byte[1 << 20]);
  }
}
