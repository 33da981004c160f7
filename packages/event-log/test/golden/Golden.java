import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.common.utils.Utils;
public class Golden {
  static String json(String s) {
    StringBuilder b = new StringBuilder("\"");
    for (char c : s.toCharArray()) { if (c < 32 || c == '"' || c == '\\' || c > 126) b.append(String.format("\\u%04x", (int) c)); else b.append(c); }
    return b.append('"').toString();
  }
  public static void main(String[] a) {
    List<String> keys = new ArrayList<>();
    String alphabet = "device-0123456789abcdefghijklmnopqrstuvwxyz/:._ABCDEF";
    for (int n = 0; n <= 40; n++) keys.add(alphabet.substring(0, n));
    keys.addAll(List.of("boiler-17", "sensor/4711", "00:1B:44:11:3A:B7", "urn:dev:mac:0024befffe804ff1", "äöü", "Kessel-Süd", "日本語", "センサー1", "🌡️", "a🌡", "aé", "abcé", "\u0000", "\u007f", "\u0080", "ÿ", "a b", "Ω", "Привет", "\uffff", "ё1", "x".repeat(1500), "é".repeat(1200)));
    StringBuilder out = new StringBuilder("[\n");
    for (int i = 0; i < keys.size(); i++) {
      byte[] bytes = keys.get(i).getBytes(StandardCharsets.UTF_8);
      int h = Utils.murmur2(bytes);
      out.append("  { \"key\": ").append(json(keys.get(i))).append(", \"murmur2\": ").append(h)
         .append(", \"of12\": ").append(Utils.toPositive(h) % 12).append(", \"of4\": ").append(Utils.toPositive(h) % 4).append(" }").append(i + 1 < keys.size() ? "," : "").append("\n");
    }
    System.out.print(out.append("]\n"));
  }
}
