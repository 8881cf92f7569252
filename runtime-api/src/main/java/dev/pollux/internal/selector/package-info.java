/**
 * The policy: what a selector means, whichever backend runs. Not exported.
 *
 * <p>{@link dev.pollux.internal.selector.KeyedSelector} is the one implementation of the selectors contract. It works on
 * {@link dev.pollux.internal.selector.KeyTable}, its registrations; {@link dev.pollux.internal.selector.WakeupGate}, its
 * sleep and wakeup protocol; and {@link dev.pollux.internal.selector.ReadyBatch}, what a wait has collected.
 *
 * <p><b>Thread:</b> the one that uses the selector, unless a class says otherwise.
 */
@NullMarked
package dev.pollux.internal.selector;

import org.jspecify.annotations.NullMarked;
