package dev.pollux.benchmarks.peers;

/**
 * How much is measured.
 *
 * @param forks how often every program is started anew: two JVMs compile the same code differently
 * @param rounds how often each is measured in each fork, for each load
 * @param seconds how long, each time
 * @param warmupSeconds how long a program runs before its first measurement, and longer if the compilers of its JVM do not
 *     rest; a quarter of it before further loads
 * @param core what the measured programs run on; negative for any
 * @param loadCore what their load runs on; negative for any
 */
record Plan(int forks, int rounds, double seconds, double warmupSeconds, int core, int loadCore) {}
