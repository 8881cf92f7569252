package dev.pollux.internal.executor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.internal.executor.FaultyExecutor.Fault;
import dev.pollux.internal.executor.History.Call;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The comparison with the JDK finds an executor that is wrong in one point. */
@Timeout(120)
class LoopExecutorFaultsTest {

    private static final int HISTORIES = 1000;
    private static final long SEED = 9;

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aHistoryShowsTheFault(Fault fault) {
        JqwikSession.run(() -> {
            Random random = new Random(SEED);
            assertTrue(
                    Histories.histories().generator(HISTORIES).stream(random)
                            .limit(HISTORIES)
                            .map(Shrinkable::value)
                            .anyMatch(history -> shows(history, fault)),
                    () -> fault + " answers as the JDK does");
        });
    }

    private static boolean shows(List<Call> history, Fault fault) {
        List<String> expected;
        List<String> actual;
        try (JdkSubject jdk = new JdkSubject(0)) {
            expected = new Player(jdk).play(history);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        try (LoopSubject loop = new LoopSubject(0, correct -> new FaultyExecutor(correct, fault))) {
            actual = new Player(loop).play(history);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return !expected.equals(actual);
    }
}
