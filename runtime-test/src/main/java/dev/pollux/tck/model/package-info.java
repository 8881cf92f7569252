/**
 * The contract as a program: {@link dev.pollux.tck.model.SelectorModel} knows what a selector must say after any
 * history of calls, a {@link dev.pollux.tck.model.Step} is one such call, and a {@link dev.pollux.tck.model.Run} makes
 * it on both and compares.
 *
 * <p>Nothing here depends on a test engine, so histories can also be replayed by hand.
 */
@NullMarked
package dev.pollux.tck.model;

import org.jspecify.annotations.NullMarked;
