package dev.pollux.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.pollux.Availability;
import dev.pollux.NativeIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeoutsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "999999, 1",
        "1000000, 1",
        "1000001, 2",
        "5000000, 5",
        "2147483647000000, 2147483647",
        "2147483647000001, 2147483647",
        "4294967296000000, 2147483647",
        "9223372036854775807, 2147483647",
    })
    void millisecondsAreRoundedUpAndCutToAnInt(long nanos, int millis) {
        assertEquals(millis, Timeouts.millisRoundedUp(nanos));
    }

    @Test
    void durationsAreCutToWhatALongHolds() {
        assertEquals(0, Timeouts.nanos(Duration.ofSeconds(-3)));
        assertEquals(0, Timeouts.nanos(Duration.ZERO));
        assertEquals(1_500_000_000, Timeouts.nanos(Duration.ofMillis(1500)));
        assertEquals(34_560_000_000_000_000L, Timeouts.nanos(Duration.ofDays(400)));
        assertEquals(Long.MAX_VALUE, Timeouts.nanos(Duration.ofSeconds(Long.MAX_VALUE)));
        assertEquals(Long.MAX_VALUE - 1, Timeouts.nanos(Duration.ofNanos(Long.MAX_VALUE - 1)));
    }

    @Test
    void probeThatRunsMakesAvailable() {
        assertEquals(Availability.available(), Availability.of(() -> {}));
    }

    @Test
    void probeThatFailsMakesUnavailableWithTheInnermostReason() {
        Availability availability = Availability.of(() -> {
            throw new ExceptionInInitializerError(new IllegalCallerException("native access is denied"));
        });

        assertEquals(
                "native access is denied",
                assertInstanceOf(Availability.Unavailable.class, availability).reason());
    }

    // DISC-5
    @Test
    void lackOfDescriptorsOrMemoryDoesNotMakeUnavailable() {
        assertEquals(Availability.available(), Availability.of(() -> {
            throw new NativeIOException("epoll_create1", -1, 24, "EMFILE", "raise ulimit -n");
        }));
        assertEquals(Availability.available(), Availability.of(() -> {
            throw new OutOfMemoryError("test");
        }));
    }

    @Test
    void refusedCallMakesUnavailable() {
        Availability availability = Availability.of(() -> {
            throw new NativeIOException("epoll_create1", -1, 38, "ENOSYS", "this kernel does not have it");
        });

        assertInstanceOf(Availability.Unavailable.class, availability);
    }
}
