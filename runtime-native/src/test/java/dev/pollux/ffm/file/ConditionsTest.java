package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Selectors;
import dev.pollux.ffm.sys.Faults;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a kernel may do and seldom does: counts that are short, waits that end early, calls that take their time. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ConditionsTest {

    @Test
    void shortCountsLoseNothing() throws Exception {
        byte[] sent = new byte[3000];
        new Random(42).nextBytes(sent);
        try (NativePipe pipe = NativePipe.open()) {
            ByteBuffer source = ByteBuffer.allocateDirect(sent.length).put(sent).flip();
            try (Faults faults = Faults.shortening("write", 7)) {
                while (source.hasRemaining()) {
                    assertTrue(pipe.writer().write(source) <= 7);
                }
                assertTrue(faults.calls().size() >= sent.length / 7);
            }
            ByteBuffer target = ByteBuffer.allocateDirect(sent.length);
            try (Faults faults = Faults.shortening("read", 5)) {
                while (target.hasRemaining()) {
                    assertTrue(pipe.reader().read(target) <= 5);
                }
                assertTrue(faults.calls().size() >= sent.length / 5);
            }
            byte[] received = new byte[sent.length];
            target.flip().get(received);
            assertArrayEquals(sent, received);
        }
    }

    @Test
    void waitThatEndsForNoReasonIsWaitedOn() throws Exception {
        try (EventSelector selector = Selectors.open("epoll");
                Faults faults = Faults.spurious("epoll_pwait2", 1)) {
            long start = System.nanoTime();

            // Long beside the first call that goes through a fault, which the JVM makes code for.
            assertEquals(List.of(), selector.select(Duration.ofMillis(500)));

            assertTrue(System.nanoTime() - start >= 500_000_000);
            assertTrue(faults.struck());
            assertEquals(2, selector.metrics().waits());
        }
    }

    /** A wakeup that is held up on its way would otherwise write to whoever has the number by then. */
    @Test
    void wakeupUnderWayNeverReachesANewOwnerOfTheNumber() throws Exception {
        int heldUp = 0;
        for (int round = 0; round < 20; round++) {
            EventSelector selector = Selectors.open("epoll");
            CompletableFuture<Void> ended = new CompletableFuture<>();
            Thread selecting = new Thread(() -> {
                assertThrows(ClosedSelectorException.class, selector::select);
                ended.complete(null);
            });
            selecting.start();
            while (selector.metrics().waits() == 0) {
                Thread.onSpinWait();
            }
            List<EventCounter> canaries = new ArrayList<>();
            try (Faults faults = Faults.delaying("write", Duration.ofMillis(5))) {
                Thread waking = new Thread(selector::wakeup);
                waking.start();
                selector.close();
                ended.get(30, TimeUnit.SECONDS);
                selecting.join();
                for (int i = 0; i < 8; i++) {
                    canaries.add(EventCounter.open());
                }
                waking.join();
                heldUp += faults.calls().contains("write") ? 1 : 0;
            }
            for (EventCounter canary : canaries) {
                assertEquals(0, canary.take());
                canary.close();
            }
        }
        assertTrue(heldUp > 0);
    }
}
