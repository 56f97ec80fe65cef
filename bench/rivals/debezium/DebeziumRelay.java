import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Sends what the engine reads from the binlog to Kafka, and lets it move its position when all of a
 * batch is acknowledged. Arguments: properties of the engine, properties of the producer, and after
 * how many events to die between an acknowledgement and the position (0: never). The password of
 * MySQL is in the environment.
 */
public final class DebeziumRelay
    implements DebeziumEngine.ChangeConsumer<RecordChangeEvent<SourceRecord>> {
  private final KafkaProducer<String, String> producer;
  private final int haltAfter;
  private int sent;

  private DebeziumRelay(Properties kafka, int haltAfter) {
    this.producer = new KafkaProducer<>(kafka);
    this.haltAfter = haltAfter;
  }

  public static void main(String[] arguments) throws Exception {
    Properties engineProperties = load(arguments[0]);
    engineProperties.setProperty("database.password", System.getenv("RELAY_PASSWORD"));
    DebeziumRelay relay = new DebeziumRelay(load(arguments[1]), Integer.parseInt(arguments[2]));
    DebeziumEngine<RecordChangeEvent<SourceRecord>> engine =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(engineProperties)
            .using(
                (success, message, error) -> {
                  if (success) return;
                  System.err.println(message + ": " + error);
                  Runtime.getRuntime().halt(1);
                })
            .notifying(relay)
            .build();
    Thread runner = new Thread(engine);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(engine, runner)));
    runner.start();
  }

  @Override
  public void handleBatch(
      List<RecordChangeEvent<SourceRecord>> events,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    List<Future<RecordMetadata>> answers = new ArrayList<>(events.size());
    for (RecordChangeEvent<SourceRecord> event : events) {
      SourceRecord record = event.record();
      answers.add(
          producer.send(
              new ProducerRecord<>(
                  record.topic(), (String) record.key(), (String) record.value())));
    }
    producer.flush();
    try {
      for (Future<RecordMetadata> answer : answers) answer.get();
    } catch (ExecutionException error) {
      throw new IllegalStateException(error.getCause());
    }
    sent += events.size();
    if (haltAfter > 0 && sent >= haltAfter) Runtime.getRuntime().halt(137);
    for (RecordChangeEvent<SourceRecord> event : events) committer.markProcessed(event);
    committer.markBatchFinished();
  }

  private static void stop(DebeziumEngine<?> engine, Thread runner) {
    try {
      engine.close();
      runner.join();
    } catch (IOException | InterruptedException error) {
      System.err.println(error);
    }
  }

  private static Properties load(String file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      properties.load(reader);
    }
    return properties;
  }
}
