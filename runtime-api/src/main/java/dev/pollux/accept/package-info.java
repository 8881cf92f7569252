/**
 * Accepting connections and spreading them over loops. Start at
 * {@link dev.pollux.accept.Acceptor#builder Acceptor.builder()}.
 *
 * <p><b>Threads:</b> an acceptor works on the thread of its loop; its methods may be called from any.
 */
@NullMarked
package dev.pollux.accept;

import org.jspecify.annotations.NullMarked;
