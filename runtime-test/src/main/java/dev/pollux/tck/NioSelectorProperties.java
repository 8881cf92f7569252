package dev.pollux.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.pollux.tck.nio.NioHistories;
import dev.pollux.tck.nio.NioRunner;
import dev.pollux.tck.nio.NioStep;
import dev.pollux.tck.probe.LiveThreads;
import dev.pollux.tck.probe.OpenDescriptors;
import dev.pollux.tck.report.LeakCheck;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.jspecify.annotations.Nullable;

/**
 * That the selectors of a {@link SelectorProvider} do what the JDK's do, for any history of calls: registrations, changes of interest,
 * cancelled keys, closed channels, wakeups, interrupts, selects of each kind, in several threads and in actions. Compared after each
 * call are its answer or exception, what was ready, the sets of keys, and what each key and channel says of itself.
 *
 * <p>Extend it with the provider; it runs with jqwik. A history that fails is shrunk and printed as the calls it is made of, with the
 * seed that makes it again. jqwik's parameter {@code jqwik.tries.default} says how many histories there are, 1000 if it is not set.
 *
 * <p>One difference is allowed: a {@link java.nio.channels.ServerSocketChannel} that is closed may release its descriptor at once, where
 * the JDK waits for the next select.
 *
 * <p><b>Thread:</b> the tests must run one at a time.
 */
public abstract class NioSelectorProperties {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Map<Integer, String> descriptors = Map.of();
    private LiveThreads threads = LiveThreads.now();
    private @Nullable NioRunner jdk;
    private @Nullable NioRunner tested;

    /** For subclasses. */
    protected NioSelectorProperties() {}

    /** Returns what is tested; called once for each property. */
    protected abstract SelectorProvider provider();

    /**
     * Does something to an open selector that must make no difference, where a history has a place for it; any thread, also while
     * another one selects. Does nothing if not overridden.
     *
     * @throws IOException a failure, which is an answer that the JDK does not give
     */
    protected void disturb(Selector selector) throws IOException {}

    /** Returns the time after which something that must come is missed: 10 seconds, which only failures take. */
    protected Duration patience() {
        return PATIENCE;
    }

    /** Opens both. */
    @BeforeProperty
    void openRunners() throws IOException {
        SelectorProvider reference = SelectorProvider.provider();
        assertSame(
                Object.class.getModule(),
                reference.getClass().getModule(),
                "the tests need a JVM whose own provider is the JDK's");
        LeakCheck.warmUp();
        descriptors = OpenDescriptors.now();
        threads = LiveThreads.now();
        jdk = new NioRunner(reference, reference, selector -> {}, patience());
        tested = new NioRunner(provider(), reference, this::disturb, patience());
    }

    /** Whatever the history, it has the answers that it has with the JDK's selector. */
    @Property
    public void answersAsTheJdk(@ForAll("histories") List<NioStep> history) throws IOException {
        List<String> expected = Objects.requireNonNull(jdk, "jdk").answers(history);
        List<String> answers = Objects.requireNonNull(tested, "tested").answers(history);
        for (int i = 0; i < expected.size(); i++) {
            int step = i;
            assertEquals(
                    expected.get(i),
                    answers.get(i),
                    () -> "the answer of " + NioRunner.name(history, step) + " after"
                            + NioRunner.text(history, answers.subList(0, step)));
        }
    }

    @AfterProperty
    void closeRunners() throws IOException {
        for (NioRunner runner : new NioRunner[] {jdk, tested}) {
            if (runner != null) {
                runner.close();
            }
        }
        threads.assertOthersEnd();
        assertEquals(descriptors, OpenDescriptors.now(), "open descriptors");
    }

    @Provide
    Arbitrary<List<NioStep>> histories() {
        return NioHistories.any();
    }
}
