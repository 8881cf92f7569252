/**
 * The conformance kit: the author of a backend extends one class, {@link dev.pollux.tck.BackendConformance}, and
 * implements one method.
 *
 * <p>{@link dev.pollux.tck.SelectorRules} and {@link dev.pollux.tck.LoopRules} have a test for every rule of the contract,
 * each carrying the rule's id in {@link dev.pollux.tck.rules.Rule}. {@link dev.pollux.tck.SelectorProperties} plays random
 * histories against a model, {@link dev.pollux.tck.DifferentialProperties} plays them on two backends. They ask for a
 * {@link dev.pollux.tck.Subject}, which is a provider and, for backends that watch descriptors, the system calls that a
 * test needs to make some. These need not be of the operating system: an implementation of {@link
 * dev.pollux.tck.source.Descriptors} lets the kit test on another kind of source.
 *
 * <p>{@link dev.pollux.tck.NioSelectorRules} and {@link dev.pollux.tck.NioSelectorProperties} test something else: a {@link
 * java.nio.channels.spi.SelectorProvider}, against the JDK's.
 *
 * <p>A missing {@link dev.pollux.Capability} does not skip a test: then the refusal is what is tested.
 *
 * <p>A failure begins with the ids of the rules it breaks. {@link dev.pollux.tck.ConformanceReport} makes a page of the
 * results, rules by backends.
 *
 * <p>Below: {@code rules} are the tests, {@code source} what they watch, {@code probe} what they see of a backend from
 * outside, {@code report} what becomes of the results, {@code model} the contract as a program, {@code nio} histories of
 * calls of the JDK's API, {@code fake} a kernel in
 * memory. Each uses only those to its right in {@code tck > report > rules > probe, model > source}; {@code fake} stands
 * beside {@code model}.
 *
 * <p><b>Threads:</b> the tests count the descriptors of the process, so nothing else should run beside them.
 */
@NullMarked
package dev.pollux.tck;

import org.jspecify.annotations.NullMarked;
