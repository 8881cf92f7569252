/**
 * Streams: what is received comes with a call, what is sent waits in a queue that does not grow without end, and a server
 * ends without cutting anyone off. On any backend, by operations.
 *
 * <p>Start at {@link dev.pollux.stream.StreamServer#builder StreamServer.builder()} for a server, at
 * {@link dev.pollux.stream.Connection#connect Connection.connect} for a client.
 */
@NullMarked
package dev.pollux.stream;

import org.jspecify.annotations.NullMarked;
