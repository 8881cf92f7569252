package dev.pollux.benchmarks.peers;

/**
 * What a thread did while it was measured.
 *
 * @param count how much it did: events, cycles
 * @param nanos what it computed, in user and in system mode; for some subjects, the time that passed
 * @param allocatedBytes negative if that is not known
 * @param compileMillis how long the compilers of its JVM have worked, since its start
 * @param writeCalls how often it called write(2); negative if that is not known
 */
record Sample(long count, long nanos, long allocatedBytes, long compileMillis, long writeCalls) {

    static Sample parse(long[] numbers) {
        return new Sample(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    double nanosEach() {
        return (double) nanos / count;
    }

    double bytesEach() {
        return allocatedBytes < 0 ? Double.NaN : (double) allocatedBytes / count;
    }

    double millionsPerSecond() {
        return count * 1e3 / nanos;
    }

    double writeCallsEach() {
        return writeCalls < 0 ? Double.NaN : (double) writeCalls / count;
    }

    @Override
    public String toString() {
        return count + " " + nanos + " " + allocatedBytes + " " + compileMillis + " " + writeCalls;
    }
}
