package dev.pollux.internal.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.internal.executor.History.Call;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** One history of calls on the executor of a loop and on the JDK's, in virtual time, and every answer compared. */
class LoopExecutorPropertiesTest {

    private static final List<Long> CLOCK_STARTS = List.of(0L, Long.MAX_VALUE - 1, -TimeUnit.HOURS.toNanos(5));

    @Provide
    Arbitrary<List<Call>> histories() {
        return Histories.histories();
    }

    @Property
    void answersAsTheJdkDoes(@ForAll("histories") List<Call> history, @ForAll("starts") long start) throws Exception {
        List<String> expected;
        List<String> actual;
        try (JdkSubject jdk = new JdkSubject(start)) {
            expected = new Player(jdk).play(history);
        }
        try (LoopSubject loop = new LoopSubject(start)) {
            actual = new Player(loop).play(history);
        }

        assertEquals(String.join("\n", expected), String.join("\n", actual));
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.of(CLOCK_STARTS);
    }
}
