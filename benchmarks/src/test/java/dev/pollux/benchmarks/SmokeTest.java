package dev.pollux.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The peers include Netty's epoll transport, whose library is here for one platform only. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
@Timeout(120)
class SmokeTest {

    @ParameterizedTest
    @MethodSource("benchmarkClasses")
    void everyBenchmarkRunsOnEverySide(String benchmarkClass) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(Pattern.quote(benchmarkClass + "."))
                .param("load", "1/10")
                .param("idle", "10")
                .param("pending", "1000")
                .param("due", "1000")
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(10))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();

        Collection<RunResult> results = new Runner(options).run();

        assertEquals(methodsOf(benchmarkClass), ranMethods(results));
        for (RunResult result : results) {
            double score = result.getPrimaryResult().getScore();
            assertTrue(
                    score > 0 && score < Double.POSITIVE_INFINITY,
                    () -> result.getParams().id() + ": " + score);
        }
    }

    static Set<String> benchmarkClasses() {
        return all().stream().map(entry -> entry.getUserClassQName()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> methodsOf(String benchmarkClass) {
        return all().stream()
                .filter(entry -> entry.getUserClassQName().equals(benchmarkClass))
                .map(BenchmarkListEntry::getUsername)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> ranMethods(Collection<RunResult> results) {
        return results.stream()
                .map(result -> result.getParams().getBenchmark())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<BenchmarkListEntry> all() {
        return BenchmarkList.defaultList().getAll(null, List.of());
    }
}
