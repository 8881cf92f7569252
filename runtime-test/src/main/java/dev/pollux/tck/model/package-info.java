/**
 * The contract as a program: {@link dev.pollux.tck.model.SelectorModel} knows what a selector must say after any
 * history of calls, a {@link dev.pollux.tck.model.Step} is one such call, and a {@link dev.pollux.tck.model.Run} makes
 * it on both and compares. In the same way a {@link dev.pollux.tck.model.OperationStep} is one step of a history of operations, and
 * an {@link dev.pollux.tck.model.OperationRun} makes it, with what was sent as the model of what may be received.
 *
 * <p>Nothing here depends on a test engine, so histories can also be replayed by hand.
 */
@NullMarked
package dev.pollux.tck.model;

import org.jspecify.annotations.NullMarked;
