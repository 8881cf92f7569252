package dev.pollux.tck.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.Events;
import dev.pollux.accept.AcceptedConnection;
import dev.pollux.accept.Acceptor;
import dev.pollux.tck.source.TestSource;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** LOOP-8: an acceptor when descriptors run out. */
public interface AcceptorRules extends LoopRuleGroup {

    @Test
    @Rule("LOOP-8")
    default void anAcceptorThatRunsOutOfDescriptorsRestsWhileOthersAreServedAndRecovers() throws Exception {
        long now = System.nanoTime();
        fixture().freeze(now);
        TestSource listener = sources().reader();
        TestSource client = sources().reader();
        AtomicBoolean full = new AtomicBoolean(true);
        AtomicInteger tries = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        loop().register(client.fileobj(), Events.READ, (handle, ready) -> served.addAndGet(client.drain()));
        // Any source will do: what waits in it stands for the connections that wait in a listener.
        Acceptor<Closeable> acceptor = Acceptor.builder()
                .rest(Duration.ofMillis(10), Duration.ofMillis(20))
                .listen(
                        loop(),
                        (Closeable) listener.fileobj(),
                        () -> {
                            tries.incrementAndGet();
                            if (full.get()) {
                                throw new IOException("Too many open files");
                            }
                            return listener.drain() == 0 ? null : () -> {};
                        },
                        AcceptedConnection::close);
        listener.makeReadable();

        long[] restsMillis = {10, 20, 20};
        for (int rest = 0; rest < restsMillis.length; rest++) {
            int before = rest;
            fixture().turnUntil(() -> acceptor.rests() > before, "the acceptor rests");
            client.makeReadable();
            fixture().turnUntil(() -> served.get() > before, "the open connection is served");
            now += TimeUnit.MILLISECONDS.toNanos(restsMillis[rest]);
            fixture().freeze(now - 1);
            loop().runOnce(Duration.ZERO);
            loop().runOnce(Duration.ZERO);
            assertEquals(rest + 1, tries.get(), "tries before the rest is over");
            fixture().freeze(now);
        }
        full.set(false);

        fixture().turnUntil(() -> acceptor.accepted() == 1, "the connection that waited is accepted");
        assertEquals(0, acceptor.connections());
        assertEquals(restsMillis.length, acceptor.rests());
        assertEquals(0, fixture().failures.size(), fixture().failures::toString);
    }
}
