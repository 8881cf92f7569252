package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NativeIOException;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.Selectors;
import dev.pollux.ffm.Children;
import dev.pollux.ffm.EpollBackendProvider;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong with the numbers of descriptors: closed twice, inherited, or watching each other. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class DescriptorFailuresTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 100;

    private Map<Integer, String> openBefore;

    @BeforeEach
    void remember() {
        openBefore = OpenFiles.now();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertEquals(openBefore, OpenFiles.now());
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void whatIsNotOursStaysOpenHoweverOftenWeClose(BackendProvider provider) throws Exception {
        List<int[]> canaries = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            canaries.add(TestLibc.pipe());
        }
        try {
            Map<Integer, String> untouched = OpenFiles.now();
            List<CompletableFuture<Void>> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                threads.add(CompletableFuture.runAsync(() -> openAndCloseTwice(provider)));
            }
            for (CompletableFuture<Void> thread : threads) {
                while (!thread.isDone()) {
                    assertTrue(OpenFiles.now().entrySet().containsAll(untouched.entrySet()));
                }
                thread.get(10, TimeUnit.SECONDS);
            }

            assertEquals(untouched, OpenFiles.now());
            for (int[] canary : canaries) {
                assertEquals(1, TestLibc.write(canary[1], "a"));
                assertEquals(1, TestLibc.read(canary[0]));
            }
        } finally {
            for (int[] canary : canaries) {
                TestLibc.close(canary[0]);
                TestLibc.close(canary[1]);
            }
        }
    }

    /** The second close of each comes when another thread may have been given its number. */
    private static void openAndCloseTwice(BackendProvider provider) {
        for (int round = 0; round < ROUNDS; round++) {
            try {
                EventSelector selector = Selectors.open(provider);
                NativePipe pipe = NativePipe.open();
                selector.register(pipe.reader(), Events.READ);
                selector.selectNow();
                pipe.close();
                selector.unregister(pipe.reader());
                selector.close();
                pipe.close();
                selector.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void aChildProcessInheritsNothing(BackendProvider provider) throws Exception {
        try (EventSelector selector = Selectors.open(provider);
                NativePipe pipe = NativePipe.open();
                EventCounter counter = EventCounter.open();
                TimerDescriptor timer = TimerDescriptor.open()) {
            selector.register(pipe.reader(), Events.READ);
            selector.register(counter, Events.READ);
            selector.register(timer, Events.READ);
            Map<Integer, String> ours = OpenFiles.now();
            ours.keySet().removeAll(openBefore.keySet());
            assertTrue(ours.size() > 4, ours::toString);

            // The JDK closes for its own children what others, started from C, would get: hence both the flag and a
            // child.
            for (int fd : ours.keySet()) {
                assertEquals(TestLibc.FD_CLOEXEC, TestLibc.fcntl(fd, TestLibc.F_GETFD, 0), () -> fd + " in " + ours);
            }
            String listed = Children.output(new ProcessBuilder("ls", "-l", "/proc/self/fd"));
            assertTrue(listed.contains(" 0 -> "), listed);
            for (String what : ours.values()) {
                assertFalse(listed.contains(what), () -> what + " in " + listed);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void aSelectorRefusesDescriptorsOfItsOwn(BackendProvider provider) throws IOException {
        Map<Integer, String> before = OpenFds.ofEvents();
        try (EventSelector selector = Selectors.open(provider)) {
            Map<Integer, String> own = OpenFds.ofEventsSince(before);
            assertFalse(own.isEmpty());

            for (int fd : own.keySet()) {
                NativeIOException refusal = assertThrows(
                        NativeIOException.class, () -> selector.register(Fd.of(fd), Events.READ), own::toString);

                assertEquals("EINVAL", refusal.errnoName());
                assertTrue(
                        refusal.getMessage().endsWith("the selector cannot watch descriptors of its own"),
                        refusal.getMessage());
            }
            assertEquals(Map.of(), selector.keys());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void aSelectorInsideAnotherIsReadyWhenItHasSomething(BackendProvider provider) throws IOException {
        Map<Integer, String> before = OpenFds.ofEvents();
        try (EventSelector inner = Selectors.open(new EpollBackendProvider());
                NativePipe pipe = NativePipe.open()) {
            Fd nested = Fd.of(epollSince(before));
            inner.register(pipe.reader(), Events.READ);
            try (EventSelector outer = Selectors.open(provider)) {
                SelectorKey key = outer.register(nested, Events.READ);
                assertEquals(List.of(), outer.selectNow());

                pipe.writer().write(Bytes.of("a"));

                assertEquals(List.of(new Ready(key, Events.READ)), outer.select(Bytes.SOON));
                assertEquals(1, inner.selectNow().size());
            }
        }
    }

    @Test
    void selectorsThatWouldWatchEachOtherAreRefusedWithTheReason() throws IOException {
        Map<Integer, String> before = OpenFds.ofEvents();
        try (EventSelector one = Selectors.open(new EpollBackendProvider())) {
            int first = epollSince(before);
            Map<Integer, String> beforeOther = OpenFds.ofEvents();
            try (EventSelector other = Selectors.open(new EpollBackendProvider())) {
                int second = epollSince(beforeOther);
                one.register(Fd.of(second), Events.READ);

                NativeIOException refusal =
                        assertThrows(NativeIOException.class, () -> other.register(Fd.of(first), Events.READ));

                assertEquals("ELOOP", refusal.errnoName());
                assertTrue(refusal.getMessage().contains("circle"), refusal.getMessage());
                assertEquals(Map.of(), other.keys());
                assertEquals(List.of(), one.selectNow());
            }
        }
    }

    private static int epollSince(Map<Integer, String> before) {
        return OpenFds.ofEventsSince(before).entrySet().stream()
                .filter(opened -> opened.getValue().contains("[eventpoll]"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void aSourceOfTwoSelectorsIsToldToBoth(BackendProvider provider) throws IOException {
        try (EventSelector one = Selectors.open(provider);
                EventSelector other = Selectors.open(provider);
                NativePipe pipe = NativePipe.open()) {
            SelectorKey ofOne = one.register(pipe.reader(), Events.READ, "one");
            SelectorKey ofOther = other.register(pipe.reader(), Events.READ, "other");

            pipe.writer().write(Bytes.of("a"));

            assertEquals(List.of(new Ready(ofOne, Events.READ)), one.select(Bytes.SOON));
            assertEquals(List.of(new Ready(ofOther, Events.READ)), other.select(Bytes.SOON));
            one.unregister(pipe.reader());
            assertEquals(List.of(new Ready(ofOther, Events.READ)), other.select(Bytes.SOON));
        }
    }
}
