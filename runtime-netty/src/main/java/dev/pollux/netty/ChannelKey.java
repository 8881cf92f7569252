package dev.pollux.netty;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** What a registration shows of itself to Netty's channels. There is no selector of {@code java.nio} behind it. */
final class ChannelKey extends SelectionKey {

    private final Registration registration;

    ChannelKey(Registration registration) {
        this.registration = registration;
    }

    @Override
    public SelectableChannel channel() {
        return registration.channel();
    }

    @Override
    public Selector selector() {
        throw new UnsupportedOperationException("the channel is watched by Pollux, not by a selector of java.nio");
    }

    @Override
    public boolean isValid() {
        return registration.isValid();
    }

    @Override
    public void cancel() {
        registration.cancel();
    }

    @Override
    public int interestOps() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
        return registration.interest();
    }

    @Override
    public SelectionKey interestOps(int ops) {
        registration.ask(ops);
        return this;
    }

    @Override
    public int readyOps() {
        throw new UnsupportedOperationException("what a channel is ready for comes as a NioIoEvent");
    }
}
