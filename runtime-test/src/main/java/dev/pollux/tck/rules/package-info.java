/**
 * The rules of the contract as tests, one interface for each section of the specification, and what a test works with.
 *
 * <p>{@code SelectorRules} and {@code LoopRules} have them all. {@link dev.pollux.tck.rules.Rule} names the rules that a
 * test is for; a test of one's own may carry it too.
 */
@NullMarked
package dev.pollux.tck.rules;

import org.jspecify.annotations.NullMarked;
