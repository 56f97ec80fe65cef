import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends what standard input says, a record in each line: codec, topic, partition, key and value in
 * hex. An empty line ends a batch. Argument: brokers.
 */
public class Send {
  public static void main(String[] args) throws Exception {
    Map<String, KafkaProducer<byte[], byte[]>> producers = new HashMap<>();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        producers.values().forEach(KafkaProducer::flush);
        continue;
      }
      String[] words = line.split(" ", -1);
      var producer = producers.computeIfAbsent(words[0], codec -> producer(args[0], codec));
      HexFormat hex = HexFormat.of();
      producer.send(
          new ProducerRecord<>(
              words[1],
              Integer.valueOf(words[2]),
              hex.parseHex(words[3]),
              hex.parseHex(words[4])),
          (done, error) -> {
            if (error == null) return;
            error.printStackTrace();
            System.exit(1);
          });
    }
    producers.values().forEach(KafkaProducer::close);
  }

  private static KafkaProducer<byte[], byte[]> producer(String brokers, String codec) {
    Properties config = new Properties();
    config.put("bootstrap.servers", brokers);
    config.put("key.serializer", ByteArraySerializer.class);
    config.put("value.serializer", ByteArraySerializer.class);
    config.put("compression.type", codec);
    config.put("linger.ms", 60000);
    config.put("batch.size", 1000000);
    return new KafkaProducer<>(config);
  }
}
