/**
 * The conformance kit: whoever writes a backend extends one class, {@link dev.pollux.tck.BackendConformance}, implements
 * one method, and knows.
 *
 * <p>{@link dev.pollux.tck.SelectorRules} has a test for every rule of the contract, each carrying the rule's id in
 * {@link dev.pollux.tck.Rule}. {@link dev.pollux.tck.SelectorProperties} plays random histories against a model,
 * {@link dev.pollux.tck.DifferentialProperties} plays them on two backends. They
 * ask for a {@link dev.pollux.tck.Subject}, which is a provider and, for backends that watch descriptors, the system
 * calls that a test needs to make some. These need not be of the operating system: whoever implements
 * {@link dev.pollux.tck.Descriptors} has the kit test on another kind of source.
 *
 * <p>What a backend lacks a {@link dev.pollux.Capability} for is not skipped: then the refusal is what is tested.
 *
 * <p>A failure begins with the ids of the rules it breaks. {@link dev.pollux.tck.ConformanceReport} makes a page of
 * what was found, rules by backends.
 *
 * <p><b>Threads:</b> the tests count the descriptors of the process, so nothing else should run beside them.
 */
@NullMarked
package dev.pollux.tck;

import org.jspecify.annotations.NullMarked;
