package dev.pollux.ffm.bridge;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.ffm.sys.Poll;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.SelectionKeyImpl;

/**
 * What was reported, as poll(2) counts. A backend without {@link Capability#HANGUP} reports a hang-up as data, which is as good where
 * data may be: a read meets the cause. A socket that is not connected can have none, so the JDK would take such a report for nothing,
 * and a hang-up makes a key ready for a connect as well. There poll(2) is asked.
 *
 * <p><b>Thread:</b> the one whose turn it is, see {@link Turns}.
 */
final class HangUps {

    private final EventSelector selector;
    private @Nullable MemorySegment entry;

    HangUps(EventSelector selector) {
        this.selector = selector;
    }

    int of(Watched source, int events) {
        return mayHide(source.key) && !selector.capabilities().contains(Capability.HANGUP)
                ? poll(source)
                : Watched.toPoll(events);
    }

    private static boolean mayHide(SelectionKeyImpl key) {
        return key.channel() instanceof SocketChannel channel
                && (!channel.isConnected() || (key.nioInterestOps() & SelectionKey.OP_CONNECT) != 0);
    }

    private int poll(Watched source) {
        if (entry == null) {
            entry = Arena.ofAuto().allocate(Poll.POLLFD);
        }
        Poll.set(entry, 0, source.fd(), source.asked);
        return Poll.poll(entry, 1, 0) > 0 ? Poll.revents(entry, 0) : 0;
    }
}
