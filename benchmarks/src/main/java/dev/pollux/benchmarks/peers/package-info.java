/**
 * Comparisons with other runtimes and with C, each in a process of its own: {@code EchoComparison} for servers under load,
 * {@code DispatchComparison} for the cost of an event. See {@code benchmarks/README.md}.
 */
@NullMarked
package dev.pollux.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
