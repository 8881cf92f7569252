package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.Selectors;
import dev.pollux.ffm.EpollBackendProvider;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong between the JVM and C: calls that hold up the collector, threads that are no threads, full tables. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class NativeCallFailuresTest {

    /** A critical call keeps the garbage collector waiting until it returns, and one that waits returns late. */
    @Test
    void noCallHoldsUpTheCollectorAndNoneComesBackIntoJava() throws IOException {
        assertEquals(List.of(), sourcesWith("critical(", "::critical", "upcallStub"));
        // Shows that the search finds something, and that there is one place to look at.
        assertEquals(List.of("Libc.java"), sourcesWith("downcallHandle("));
    }

    private static List<String> sourcesWith(String... words) throws IOException {
        List<String> found = new ArrayList<>();
        for (String module : List.of("runtime-api", "runtime-nio", "runtime-native")) {
            try (Stream<Path> sources = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (Path source : (Iterable<Path>) sources.filter(Files::isRegularFile)::iterator) {
                    String text = Files.readString(source);
                    if (Stream.of(words).anyMatch(text::contains)) {
                        found.add(source.getFileName().toString());
                    }
                }
            }
        }
        return found;
    }

    /** It holds its carrier meanwhile, which is why loops run on platform threads, but it works. */
    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void aVirtualThreadMaySelect(BackendProvider provider) throws Exception {
        try (EventSelector selector = Selectors.open(provider);
                NativePipe pipe = NativePipe.open()) {
            SelectorKey key = selector.register(pipe.reader(), Events.READ);

            FutureTask<List<Ready>> told = selectOnAVirtualThread(selector);
            pipe.writer().write(Bytes.of("a"));
            assertEquals(List.of(new Ready(key, Events.READ)), told.get(10, TimeUnit.SECONDS));

            pipe.reader().read(Bytes.room());
            FutureTask<List<Ready>> woken = selectOnAVirtualThread(selector);
            selector.wakeup();
            assertEquals(List.of(), woken.get(10, TimeUnit.SECONDS));
        }
    }

    private static FutureTask<List<Ready>> selectOnAVirtualThread(EventSelector selector) {
        FutureTask<List<Ready>> select = new FutureTask<>(() -> selector.select());
        Thread.startVirtualThread(select);
        return select;
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void anInterruptEndsTheSelectOfAVirtualThread(BackendProvider provider) throws Exception {
        try (EventSelector selector = Selectors.open(provider)) {
            FutureTask<Boolean> select = new FutureTask<>(
                    () -> selector.select().isEmpty() && Thread.currentThread().isInterrupted());
            Thread thread = Thread.startVirtualThread(select);

            thread.interrupt();

            assertTrue(select.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void aFullTableOfWatchesIsToldAndLeavesNoKey() throws IOException {
        try (EventSelector selector = Selectors.open(new EpollBackendProvider());
                NativePipe pipe = NativePipe.open()) {
            try (Faults faults = Faults.refusing("epoll_ctl", 1, Errno.ENOSPC)) {
                NativeIOException refusal =
                        assertThrows(NativeIOException.class, () -> selector.register(pipe.reader(), Events.READ));

                assertTrue(faults.struck());
                assertEquals("ENOSPC", refusal.errnoName());
                assertTrue(
                        refusal.getMessage()
                                .endsWith("this user watches too many descriptors; raise "
                                        + "/proc/sys/fs/epoll/max_user_watches"),
                        refusal.getMessage());
            }
            assertEquals(Map.of(), selector.keys());

            SelectorKey key = selector.register(pipe.reader(), Events.READ);
            pipe.writer().write(Bytes.of("a"));
            assertEquals(List.of(new Ready(key, Events.READ)), selector.select(Bytes.SOON));
        }
    }
}
