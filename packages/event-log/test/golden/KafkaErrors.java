import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;

public class KafkaErrors {
  public static void main(String[] args) {
    String between = "[";
    for (Errors error : Errors.values()) {
      boolean retriable = error.exception() instanceof RetriableException;
      System.out.print(between + String.format(
          "{\"code\": %d, \"name\": \"%s\", \"retriable\": %b}", error.code(), error.name(), retriable));
      between = ", ";
    }
    System.out.println("]");
  }
}
