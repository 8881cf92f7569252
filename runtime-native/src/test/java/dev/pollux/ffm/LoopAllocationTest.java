package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Once compiled, a turn of the loop allocates nothing: for an event, a task, or a run of a periodic timer. */
@Tag("allocation")
@EnabledOnOs(OS.LINUX)
class LoopAllocationTest {

    private static final int TURNS = 10_000;

    /** Until the compiler has come round; one without allocation is enough. */
    private static final int ROUNDS = 200;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private EventLoop loop;
    private int[] pipe;
    private long now;
    private long ran;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.builder()
                .backend(new EpollBackendProvider())
                .clock(() -> now)
                .open();
        pipe = TestLibc.pipe();
    }

    @AfterEach
    void close() {
        loop.close();
        TestLibc.close(pipe[0]);
        TestLibc.close(pipe[1]);
    }

    @Test
    void anEventAllocatesNothing() throws IOException {
        loop.register(Fd.of(pipe[0]), Events.READ, (key, ready) -> ran++);
        TestLibc.write(pipe[1], "a");

        assertTurnsAllocateNothing(() -> {});
    }

    @Test
    void aTaskAllocatesNothing() throws IOException {
        Runnable task = () -> ran++;

        assertTurnsAllocateNothing(() -> loop.execute(task));
    }

    @Test
    void aRunOfAPeriodicTimerAllocatesNothing() throws IOException {
        loop.scheduleAtFixedRate(Duration.ofMillis(1), Duration.ofMillis(1), () -> ran++);

        assertTurnsAllocateNothing(() -> now += 1_000_000);
    }

    /** Of 32 bytes each, which RegistrationSizeTest and KeyMemoryTest guard. */
    @Test
    void aRegistrationThatBeginsAndEndsAllocatesItselfAndItsKey() throws IOException {
        Fd fd = Fd.of(pipe[0]);
        Callback callback = (registration, ready) -> ran++;
        Runnable cycle = () -> registerAndCancel(fd, callback);

        assertTurnsAllocateAtMost(64, () -> loop.execute(cycle));
    }

    private void registerAndCancel(Fd fd, Callback callback) {
        try {
            loop.register(fd, Events.READ, callback).cancel();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ran++;
    }

    private void assertTurnsAllocateNothing(Runnable beforeEach) throws IOException {
        assertTurnsAllocateAtMost(0, beforeEach);
    }

    private void assertTurnsAllocateAtMost(int most, Runnable beforeEach) throws IOException {
        long bytes = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && bytes / TURNS > most; round++) {
            ran = 0;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int turn = 0; turn < TURNS; turn++) {
                beforeEach.run();
                loop.runOnce(Duration.ZERO);
            }
            bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertEquals(TURNS, ran);
        }
        assertTrue(bytes / TURNS <= most, bytes + " bytes in " + TURNS + " turns");
    }
}
