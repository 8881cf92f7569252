/**
 * Which backends there are and which one is taken. Not exported.
 *
 * <p>{@link dev.pollux.internal.discovery.Discovery} finds the providers,
 * {@link dev.pollux.internal.discovery.BackendCatalog} chooses among them, and
 * {@link dev.pollux.internal.discovery.Overrides} is what the JVM's properties and environment say about it.
 */
@NullMarked
package dev.pollux.internal.discovery;

import org.jspecify.annotations.NullMarked;
