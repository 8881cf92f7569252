package dev.pollux.frameworks.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** The records: numbered, dealt out to the partitions in turn. So each offset of each partition has one record that belongs there. */
final class Records {

    static final String TOPIC = "records";
    static final int PARTITIONS = 6;
    static final int COUNT = 100_000;

    private Records() {}

    static ProducerRecord<String, String> of(int number) {
        return new ProducerRecord<>(TOPIC, number % PARTITIONS, null, content(number));
    }

    private static String content(long number) {
        return "record " + number + " " + "-".repeat(80);
    }

    static void assertBelongs(ConsumerRecord<String, String> received) {
        long number = received.offset() * PARTITIONS + received.partition();
        assertEquals(content(number), received.value(), () -> received.toString());
    }

    static List<TopicPartition> partitions() {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(i -> new TopicPartition(TOPIC, i))
                .collect(Collectors.toList());
    }

    /** Returns how many records belong to a partition. */
    static int count(int partition) {
        return (COUNT - partition + PARTITIONS - 1) / PARTITIONS;
    }
}
