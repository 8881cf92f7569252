package dev.pollux.examples;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process has used so far; a negative number where that is not known.
 *
 * @param cpuNanos of all its threads
 * @param threads platform threads, those of the JDK included
 * @param residentKib memory that it occupies now
 * @param systemCalls those that its server has made for its connections
 */
record Usage(long cpuNanos, int threads, long residentKib, long systemCalls) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    /** Returns that of this process. */
    static Usage now(long systemCalls) throws IOException {
        return new Usage(
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                readResidentKib(),
                systemCalls);
    }

    private static long readResidentKib() throws IOException {
        if (!Files.exists(STATUS)) {
            return -1;
        }
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(RESIDENT)) {
                return Long.parseLong(
                        line.substring(RESIDENT.length()).replace("kB", "").strip());
            }
        }
        return -1;
    }

    String toLine() {
        return cpuNanos + " " + threads + " " + residentKib + " " + systemCalls;
    }

    /** Returns what {@link #toLine} has returned elsewhere. */
    static Usage parse(String line) {
        String[] numbers = line.split(" ", -1);
        return new Usage(
                Long.parseLong(numbers[0]),
                Integer.parseInt(numbers[1]),
                Long.parseLong(numbers[2]),
                Long.parseLong(numbers[3]));
    }
}
