/**
 * Measurements with JMH: {@code java -jar benchmarks/target/benchmarks.jar} after {@code mvn -B verify}.
 *
 * <p>The program forks JVMs with the flags that the native backends need. Compare figures of one run only, and quote
 * ratios: absolute ones differ from machine to machine and from hour to hour.
 */
@NullMarked
package dev.pollux.benchmarks;

import org.jspecify.annotations.NullMarked;
