// Memory that the heap's limit does not count.
import java.nio.*;
import java.util.*;

public class JavaOffHeap {
  public static void main(String[] args) {
    List<ByteBuffer> all = new ArrayList<>();
    for (;;) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
      for (int i = 0; i < buffer.capacity(); i += 4096) buffer.put(i, (byte) 1);
      all.add(buffer);
    }
  }
}
