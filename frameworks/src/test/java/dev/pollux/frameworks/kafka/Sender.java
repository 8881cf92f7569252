package dev.pollux.frameworks.kafka;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends the records in order, as many as it is allowed to, and counts those that are acknowledged. */
final class Sender implements Callable<Void> {

    /** Small, so that it stops where a partition has no leader, and goes on when there is one. */
    private static final int BUFFER = 256 * 1024;

    private final Map<String, Object> settings;
    private final Semaphore allowed = new Semaphore(0);
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    Sender(String addresses) {
        settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                addresses,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                BUFFER);
    }

    void allow(int more) {
        allowed.release(more);
    }

    int acknowledged() {
        return acknowledged.get();
    }

    @Override
    public Void call() throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
            for (int i = 0; i < Records.COUNT; i++) {
                allowed.acquire();
                producer.send(Records.of(i), (metadata, e) -> {
                    if (e == null) {
                        acknowledged.incrementAndGet();
                    } else {
                        failure.compareAndSet(null, e);
                    }
                });
            }
            producer.flush();
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        return null;
    }
}
