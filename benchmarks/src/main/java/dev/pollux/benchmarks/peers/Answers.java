package dev.pollux.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** The other end of a {@link Child}: what a Java program under measurement has in common with its peers. */
final class Answers {

    /** Begins the names of the threads that are measured; the kernel keeps 15 bytes of it. */
    static final String LOOP_THREAD = "bench-loop";

    private Answers() {}

    /** Makes the process end at once, with the reason, if any thread fails: it would be measured doing nothing. */
    static void endOnFailure() {
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> end(error));
    }

    /** Ends the process because of {@code error}. */
    static void end(Throwable error) {
        error.printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    /** Returns how long the JVM's compilers have worked. */
    static long compileMillis() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    /** Says {@code greeting}, then answers each line of standard input, and ends the process when it ends. */
    static void give(String greeting, UnaryOperator<String> answer) throws IOException {
        System.out.println(greeting);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(answer.apply(line));
        }
        Runtime.getRuntime().halt(0);
    }
}
