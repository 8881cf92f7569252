/**
 * The policy: what a selector means, whichever backend runs. Not exported.
 *
 * <p>{@link dev.pollux.internal.KeyedSelector} is the one implementation of the selectors contract,
 * {@link dev.pollux.internal.KeyTable} its registrations, {@link dev.pollux.internal.WakeupGate} its sleep and wakeup
 * protocol, {@link dev.pollux.internal.BackendCatalog} finds and chooses backends.
 */
@NullMarked
package dev.pollux.internal;

import org.jspecify.annotations.NullMarked;
