package dev.pollux.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class TimeoutsPropertiesTest {

    private static final BigInteger NANOS_PER_MILLI = BigInteger.valueOf(1_000_000);

    @Property
    void millisecondsAreTheFewestThatAreNoLessUnlessAnIntIsTooSmall(@ForAll @LongRange(min = 0) long nanos) {
        int millis = Timeouts.millisRoundedUp(nanos);

        assertTrue(millis >= 0, () -> millis + " ms would wait for ever");
        BigInteger asked = BigInteger.valueOf(nanos);
        BigInteger waited = BigInteger.valueOf(millis).multiply(NANOS_PER_MILLI);
        assertTrue(millis == Integer.MAX_VALUE || waited.compareTo(asked) >= 0, () -> waited + " is too short");
        assertTrue(
                millis == 0 || waited.subtract(NANOS_PER_MILLI).compareTo(asked) < 0,
                () -> waited + " is a millisecond too long");
    }

    @Property
    void aLongerTimeIsNeverRoundedToAShorterOne(
            @ForAll @LongRange(min = 0) long one, @ForAll @LongRange(min = 0) long other) {
        assertTrue(Timeouts.millisRoundedUp(Math.min(one, other)) <= Timeouts.millisRoundedUp(Math.max(one, other)));
    }

    @Property
    void nanosecondsOfADurationAreExactWhereALongHoldsThem(
            @ForAll long seconds, @ForAll @IntRange(max = 999_999_999) int nanos) {
        BigInteger exact = BigInteger.valueOf(seconds)
                .multiply(BigInteger.valueOf(1_000_000_000))
                .add(BigInteger.valueOf(nanos));
        BigInteger bounded = exact.max(BigInteger.ZERO).min(BigInteger.valueOf(Long.MAX_VALUE));

        assertEquals(bounded.longValueExact(), Timeouts.nanos(Duration.ofSeconds(seconds, nanos)));
    }
}
