package dev.pollux.ffm.bridge;

import dev.pollux.Events;
import dev.pollux.HasFd;
import java.nio.channels.SelectableChannel;
import sun.nio.ch.Net;
import sun.nio.ch.SelChImpl;
import sun.nio.ch.SelectionKeyImpl;

/**
 * A key as the selector underneath knows it: a descriptor. The JDK keeps the descriptor of a registered channel open until the key
 * is removed, also when the channel is closed.
 */
final class Watched implements HasFd {

    final SelectionKeyImpl key;
    private final int fd;

    /** What the key asked for when it was last looked at, as poll(2) counts. */
    int asked;

    /** What was last reported, as poll(2) counts. */
    int ready;

    /** Whether the key is removed from the selector. */
    boolean gone;

    Watched(SelectionKeyImpl key) {
        this.key = key;
        fd = channel(key.channel()).getFDVal();
    }

    private static SelChImpl channel(SelectableChannel channel) {
        return (SelChImpl) channel;
    }

    @Override
    public int fd() {
        return fd;
    }

    /** Returns what {@code key} asks for, as poll(2) counts. */
    static int wanted(SelectionKeyImpl key) {
        return channel(key.channel()).translateInterestOps(key.nioInterestOps());
    }

    static int toEvents(int poll) {
        return ((poll & Net.POLLIN) != 0 ? Events.READ : 0)
                | ((poll & (Net.POLLOUT | Net.POLLCONN)) != 0 ? Events.WRITE : 0);
    }

    static int toPoll(int events) {
        return ((events & Events.READ) != 0 ? Net.POLLIN : 0)
                | ((events & Events.WRITE) != 0 ? Net.POLLOUT | Net.POLLCONN : 0)
                | ((events & Events.ERROR) != 0 ? Net.POLLERR : 0)
                | ((events & Events.HANGUP) != 0 ? Net.POLLHUP : 0)
                | ((events & Events.INVALID) != 0 ? Net.POLLNVAL : 0);
    }

    @Override
    public String toString() {
        return key.channel() + " (fd " + fd + ")";
    }
}
