package dev.pollux.benchmarks.peers;

/**
 * What a thread did while it was measured.
 *
 * @param count how much it did: events, cycles
 * @param cpuNanos what it computed, in user and in system mode
 * @param allocatedBytes negative if that is not known
 * @param compileMillis how long the compilers of its JVM have worked, since its start
 */
record Sample(long count, long cpuNanos, long allocatedBytes, long compileMillis) {

    static Sample parse(long[] numbers) {
        return new Sample(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    double nanosEach() {
        return (double) cpuNanos / count;
    }

    double bytesEach() {
        return allocatedBytes < 0 ? Double.NaN : (double) allocatedBytes / count;
    }

    @Override
    public String toString() {
        return count + " " + cpuNanos + " " + allocatedBytes + " " + compileMillis;
    }
}
