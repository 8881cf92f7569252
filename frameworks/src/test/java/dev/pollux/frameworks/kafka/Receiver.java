package dev.pollux.frameworks.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A consumer in a group of its own that reads all records, each partition in order. */
final class Receiver implements Callable<Void> {

    private static final Duration WAIT = Duration.ofMillis(200);

    private final Map<String, Object> settings;
    private final long[] next = new long[Records.PARTITIONS];

    Receiver(String addresses, String group) {
        settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                addresses,
                ConsumerConfig.GROUP_ID_CONFIG,
                group,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class);
    }

    @Override
    public Void call() {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            consumer.subscribe(List.of(Records.TOPIC));
            while (!isComplete()) {
                consumer.poll(WAIT).forEach(this::receive);
            }
        }
        return null;
    }

    /** One record may come again, as after a change of the group; none may be left out. */
    private void receive(ConsumerRecord<String, String> received) {
        Records.assertBelongs(received);
        int partition = received.partition();
        if (received.offset() > next[partition]) {
            throw new AssertionError("offset " + next[partition] + " is left out: " + received);
        }
        next[partition] = Math.max(next[partition], received.offset() + 1);
    }

    private boolean isComplete() {
        for (int i = 0; i < next.length; i++) {
            if (next[i] < Records.count(i)) {
                return false;
            }
        }
        return true;
    }
}
