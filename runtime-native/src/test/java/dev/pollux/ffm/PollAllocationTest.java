package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.ReadyHandler;
import dev.pollux.Selectors;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule SEL-13 for {@code poll} and {@code select}: once compiled, a select allocates nothing, ready or not. */
@Tag("allocation")
@EnabledOnOs(OS.LINUX)
class PollAllocationTest {

    private static final int CALLS = 10_000;

    /** Until the compiler has come round; one without allocation is enough. */
    private static final int ROUNDS = 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final ReadyHandler HANDLER = (key, ready) -> {};

    static Stream<Arguments> waits() {
        return Stream.of(new PollBackendProvider(), new SelectBackendProvider())
                .flatMap(provider -> Stream.of(
                        Arguments.of(provider.name(), provider, Duration.ofSeconds(10), 1),
                        Arguments.of(provider.name(), provider, Duration.ofSeconds(Long.MAX_VALUE), 1),
                        Arguments.of(provider.name(), provider, Duration.ZERO, 0),
                        Arguments.of(provider.name(), provider, Duration.ofNanos(1_000), 0)));
    }

    @ParameterizedTest(name = "{0} for {2}, {3} ready")
    @MethodSource("waits")
    void aSelectAllocatesNothing(String name, BackendProvider provider, Duration timeout, int ready)
            throws IOException {
        int[] pipe = TestLibc.pipe();
        try (EventSelector selector = Selectors.open(provider)) {
            selector.register(Fd.of(pipe[0]), Events.READ);
            TestLibc.write(pipe[1], "a".repeat(ready));

            assertAllocatesNothing(selector, timeout, ready);
        } finally {
            List.of(pipe[0], pipe[1]).forEach(TestLibc::close);
        }
    }

    private static void assertAllocatesNothing(EventSelector selector, Duration timeout, int eventsPerCall)
            throws IOException {
        long bytes = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && bytes / CALLS != 0; round++) {
            long events = 0;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < CALLS; call++) {
                events += selector.select(timeout, HANDLER);
            }
            bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertEquals((long) CALLS * eventsPerCall, events);
        }
        assertTrue(bytes / CALLS == 0, bytes + " bytes in " + CALLS + " calls");
    }
}
