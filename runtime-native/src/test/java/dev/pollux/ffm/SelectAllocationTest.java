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
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Rule SEL-13: once compiled, a select allocates nothing, whether it waits or not. */
@Tag("allocation")
@EnabledOnOs(OS.LINUX)
class SelectAllocationTest {

    private static final int CALLS = 10_000;

    /** Until the compiler has come round; one without allocation is enough. */
    private static final int ROUNDS = 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final ReadyHandler HANDLER = (key, ready) -> {};

    private EventSelector selector;
    private int[] pipe;

    @BeforeEach
    void open() throws IOException {
        selector = Selectors.open(new EpollBackendProvider());
        pipe = TestLibc.pipe();
        selector.register(Fd.of(pipe[0]), Events.READ);
    }

    @AfterEach
    void close() {
        selector.close();
        TestLibc.close(pipe[0]);
        TestLibc.close(pipe[1]);
    }

    @Test
    void aSelectThatFindsSomethingAllocatesNothing() throws IOException {
        TestLibc.write(pipe[1], "a");

        assertAllocatesNothing(Duration.ofSeconds(10), 1);
    }

    @Test
    void aSelectWithoutLimitAllocatesNothing() throws IOException {
        TestLibc.write(pipe[1], "a");

        assertAllocatesNothing(Duration.ofSeconds(Long.MAX_VALUE), 1);
    }

    @Test
    void aPollAllocatesNothing() throws IOException {
        assertAllocatesNothing(Duration.ZERO, 0);
    }

    @Test
    void aSelectThatWaitsItsTimeAllocatesNothing() throws IOException {
        assertAllocatesNothing(Duration.ofNanos(1_000), 0);
    }

    private void assertAllocatesNothing(Duration timeout, int eventsPerCall) throws IOException {
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
