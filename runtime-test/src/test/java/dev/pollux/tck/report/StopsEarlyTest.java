package dev.pollux.tck.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.pollux.spi.Backend;
import dev.pollux.tck.BackendConformance;
import dev.pollux.tck.Subject;
import dev.pollux.tck.fake.FakeKernel;
import dev.pollux.tck.mutants.BrokenBackends;
import dev.pollux.tck.mutants.MutatedProvider;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** That a backend with which nearly everything fails is reported by one page. */
class StopsEarlyTest {

    /** What {@link Broken} tests; its tests run one at a time. */
    private static Supplier<Subject> tested = () -> {
        throw new IllegalStateException("nothing to test");
    };

    static class Broken extends BackendConformance {

        @Override
        protected Subject newSubject() {
            return tested.get();
        }
    }

    private static EngineExecutionResults run(String engine, UnaryOperator<Backend> fault) {
        tested = () -> {
            FakeKernel kernel = FakeKernel.create();
            return Subject.of(new MutatedProvider(kernel.provider(), fault))
                    .withDescriptors(kernel)
                    .withPatience(Duration.ofMillis(500));
        };
        return EngineTestKit.engine(engine)
                .selectors(selectClass(Broken.class))
                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                .execute();
    }

    private static List<String> failures(EngineExecutionResults results) {
        return results.allEvents().finished().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .flatMap(result -> result.getStatus() == TestExecutionResult.Status.FAILED
                        ? result.getThrowable().stream()
                        : java.util.stream.Stream.empty())
                .map(Throwable::getMessage)
                .toList();
    }

    private static String page(UnaryOperator<Backend> fault) {
        EngineExecutionResults results = run("junit-jupiter", fault);
        List<String> failures = failures(results);
        assertEquals(1, failures.size(), failures::toString);
        assertTrue(results.testEvents().skipped().count() > 200, "the rest is left out");
        String page = failures.get(0);
        assertTrue(page.startsWith("LOOK HERE FIRST"), page);
        assertTrue(page.lines().count() < 40, page);
        assertTrue(page.contains("-Dpollux.tck.failures=0"), page);
        return page;
    }

    private static void assertHas(String page, String... parts) {
        for (String part : parts) {
            assertTrue(page.contains(part), () -> part + " is not in " + page);
        }
    }

    @Test
    void aWrongCastInAddIsOnePageThatNamesIt() {
        assertHas(
                page(BrokenBackends.WrongCast::new),
                "\"register(source, READ, null)\" fails",
                "Backend.add",
                "ClassCastException",
                "look at:      dev.pollux.tck.mutants.BrokenBackends$WrongCast.add");
    }

    @Test
    void anAwaitThatThrowsIsOnePageThatNamesIt() {
        assertHas(
                page(BrokenBackends.AwaitThrows::new),
                "Backend.await",
                "not written yet",
                "done before:  newSubject(), open");
    }

    @Test
    void anOutOfMemoryErrorIsOnePageThatNamesIt() {
        assertHas(page(BrokenBackends.AwaitRunsOutOfMemory::new), "OutOfMemoryError", "AwaitRunsOutOfMemory.await");
    }

    @Test
    void anAwaitThatHangsIsOnePageWithItsStack() {
        assertHas(
                page(BrokenBackends.AwaitHangs::new),
                "did not return within PT0.5S",
                "look at:      dev.pollux.tck.mutants.Mutant.await");
    }

    @Test
    void aRunInWhichMostTestsFailEndsWithAPageOfTheCommonestCauses() {
        EngineExecutionResults results = run("junit-jupiter", BrokenBackends.SecondAddThrows::new);

        List<String> pages = failures(results).stream()
                .filter(text -> text.startsWith("LOOK HERE FIRST"))
                .toList();
        assertEquals(1, pages.size(), pages::toString);
        assertHas(pages.get(0), "tests fail, most often for this reason", "times, first in");
        long failed = results.testEvents().failed().count();
        assertTrue(failed < 100, () -> failed + " failures");
        assertTrue(results.testEvents().skipped().count() > 100, "the rest is left out");
    }

    @Test
    void anErrorInTheMiddleIsAFailureOfItsTest() {
        EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(ThrowsErrors.class))
                .execute();

        List<Event> failed = results.testEvents().failed().list();
        assertEquals(1, failed.size());
        assertEquals(1, results.testEvents().succeeded().count());
        assertHas(failures(results).get(0), "OutOfMemoryError", "a test's own");
    }

    @org.junit.jupiter.api.extension.ExtendWith(SurvivesErrors.class)
    static class ThrowsErrors {

        @Test
        void fails() {
            throw new OutOfMemoryError("a test's own");
        }

        @Test
        void passes() {}
    }

    @Test
    void ofThePropertiesOneOfEachGroupHasThePageAndTheOthersAreNotTried() {
        EngineExecutionResults results = run("jqwik", BrokenBackends.WrongCast::new);

        List<String> failures = failures(results);
        assertEquals(2, failures.size(), failures::toString);
        failures.forEach(failure -> assertHas(failure, "LOOK HERE FIRST", "WrongCast.add"));
        assertEquals(1, results.testEvents().aborted().count());
    }
}
