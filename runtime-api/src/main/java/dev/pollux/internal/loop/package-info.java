/**
 * How a loop works. From the ground up: {@link dev.pollux.internal.loop.Lifecycle} (phases, and which thread drives),
 * {@link dev.pollux.internal.loop.Mailbox} (what other threads want), {@link dev.pollux.internal.loop.Guard} (the user's
 * code), {@link dev.pollux.internal.loop.Turn} (the order of a turn), {@link dev.pollux.internal.loop.LoopEnd} (the end),
 * and {@link dev.pollux.internal.loop.LoopCore}, which puts them together.
 */
@NullMarked
package dev.pollux.internal.loop;

import org.jspecify.annotations.NullMarked;
