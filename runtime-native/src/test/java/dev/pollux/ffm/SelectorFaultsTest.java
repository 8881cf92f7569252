package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NativeIOException;
import dev.pollux.SelectorKey;
import dev.pollux.Selectors;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.spi.BackendProvider;
import dev.pollux.tck.source.Descriptors;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every system call of every operation fails in turn: nothing leaks, the registrations stay as they were, the exception
 * names the call, and the selector goes on.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class SelectorFaultsTest {

    /** More calls than any operation here makes. */
    private static final int MOST_CALLS = 60;

    private final LibcDescriptors system = new LibcDescriptors();
    private final Map<Integer, String> before = OpenFds.ofEvents();

    /** Every backend over descriptors that works here. */
    static Stream<BackendProvider> backends() {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.capabilities().contains(Capability.DESCRIPTORS))
                .filter(provider -> provider.availability() instanceof Availability.Available);
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertEquals(Map.of(), OpenFds.ofEventsSince(before));
    }

    @FunctionalInterface
    private interface Operation {

        void run() throws IOException;
    }

    /** Runs {@code operation} with its {@code k}th call refused. Returns what it threw; its name is in the message. */
    private static @Nullable IOException withRefused(int k, int errno, Operation operation, boolean[] struck) {
        try (Faults faults = Faults.refusingAny(k, errno)) {
            try {
                operation.run();
                return null;
            } catch (NativeIOException e) {
                String refused = faults.calls().get(k - 1);
                assertTrue(
                        e.call().contains(refused) || e.call().startsWith("fcntl"),
                        () -> e.getMessage() + " does not name " + faults.calls());
                assertEquals(errno, e.errno());
                return e;
            } catch (IOException e) {
                assertNotNull(e.getCause(), e::toString);
                return e;
            } finally {
                struck[0] = faults.struck();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void openingFailsWithoutALeak(BackendProvider provider) {
        boolean[] struck = {true};
        for (int k = 1; struck[0]; k++) {
            assertTrue(k < MOST_CALLS);
            withRefused(k, Errno.EMFILE, () -> Selectors.open(provider).close(), struck);
            assertEquals(Map.of(), OpenFds.ofEventsSince(before), provider.name() + " with call " + k + " refused");
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void registeringModifyingSelectingAndSwappingFailWithoutATrace(BackendProvider provider) throws IOException {
        Descriptors.Pair ready = system.pipe();
        Descriptors.Pair other = system.pipe();
        system.write(ready.second(), new byte[1]);
        try (EventSelector selector = Selectors.open(provider)) {
            SelectorKey key = selector.register(Fd.of(ready.first()), Events.READ, "data");
            Map<String, Operation> operations = Map.of(
                    "register",
                    () -> {
                        selector.register(Fd.of(other.second()), Events.WRITE);
                        selector.unregister(Fd.of(other.second()));
                    },
                    "register for nothing",
                    () -> {
                        selector.register(Fd.of(other.second()), Events.NONE);
                        selector.unregister(Fd.of(other.second()));
                    },
                    "modify",
                    () -> {
                        selector.modify(Fd.of(ready.first()), Events.NONE);
                        selector.modify(Fd.of(ready.first()), Events.READ);
                    },
                    "select",
                    () -> selector.selectNow(),
                    "swap",
                    () -> selector.swap(provider.name()));
            for (Map.Entry<String, Operation> operation : operations.entrySet()) {
                boolean[] struck = {true};
                for (int k = 1; struck[0]; k++) {
                    assertTrue(k < MOST_CALLS);
                    Map<Object, SelectorKey> keys = new HashMap<>(selector.keys());
                    String what = provider.name() + ": " + operation.getKey() + " with call " + k + " refused";

                    IOException thrown = withRefused(k, Errno.ENOMEM, operation.getValue(), struck);

                    if (thrown != null && !operation.getKey().equals("modify")) {
                        assertEquals(keys, selector.keys(), what);
                    }
                    selector.modify(Fd.of(ready.first()), Events.READ, "data");
                    if (selector.keys().containsKey(Fd.of(other.second()))) {
                        selector.unregister(Fd.of(other.second()));
                    }
                    assertEquals(Map.of(key.fileobj(), key), selector.keys(), what);
                    assertEquals(1, selector.selectNow().size(), what);
                }
            }
        } finally {
            for (int fd : new int[] {ready.first(), ready.second(), other.first(), other.second()}) {
                system.close(fd);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void closingFailsWithoutALeakOrAnException(BackendProvider provider) throws IOException {
        boolean[] struck = {true};
        for (int k = 1; struck[0]; k++) {
            assertTrue(k < MOST_CALLS);
            EventSelector selector = Selectors.open(provider);
            int call = k;
            assertDoesNotThrow(() -> withRefused(call, Errno.EINTR, selector::close, struck));
            assertEquals(Map.of(), OpenFds.ofEventsSince(before), provider.name() + " with call " + k + " refused");
        }
    }
}
