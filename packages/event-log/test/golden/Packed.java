import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Base64;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.xerial.snappy.Snappy;

public class Packed {
  static int state;

  static int random(int below) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  }

  static byte[] content(int seed, int length) {
    byte[] bytes = new byte[length];
    state = seed;
    for (int at = 0; at < length; ) {
      int kind = random(8);
      int run = Math.min(length - at, 1 + random(300));
      int back = at == 0 ? 0 : 1 + random(Math.min(at, 70000));
      for (int i = 0; i < run; i++, at++) {
        bytes[at] = (byte) (kind == 0 ? random(256) : kind < 6 && back > 0 ? bytes[at - back] : 65);
      }
    }
    return bytes;
  }

  static byte[] byKafka(CompressionType type, byte[] bytes) throws Exception {
    ByteBufferOutputStream out = new ByteBufferOutputStream(1024);
    try (OutputStream packing = Compression.of(type).build().wrapForOutput(out, (byte) 2)) {
      packing.write(bytes);
    }
    out.buffer().flip();
    byte[] packed = new byte[out.buffer().remaining()];
    out.buffer().get(packed);
    return packed;
  }

  public static void main(String[] args) throws Exception {
    String between = "[";
    int[] lengths = {0, 1, 100, 5000, 90000};
    for (int seed = 0; seed < lengths.length; seed++) {
      byte[] bytes = content(seed, lengths[seed]);
      String[] codecs = {"lz4", "snappy-java", "snappy"};
      byte[][] packed = {byKafka(CompressionType.LZ4, bytes), byKafka(CompressionType.SNAPPY, bytes), Snappy.compress(bytes)};
      for (int i = 0; i < codecs.length; i++) {
        System.out.print(between + String.format("{\"codec\": \"%s\", \"seed\": %d, \"bytes\": %d, \"packed\": \"%s\"}",
            codecs[i], seed, lengths[seed], Base64.getEncoder().encodeToString(packed[i])));
        between = ",\n";
      }
    }
    System.out.println("]");
  }
}
