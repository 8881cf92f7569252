package dev.pollux.ffm.bridge;

import dev.pollux.tck.NioSelectorProperties;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** On the bridge, with swaps in the middle of histories. */
abstract class BridgeProperties extends NioSelectorProperties {

    private static final List<String> NAMES = List.of("epoll", "poll", "io_uring", "select");

    private final String backend;
    private final AtomicInteger swaps = new AtomicInteger();

    BridgeProperties(String backend) {
        this.backend = backend;
    }

    @Override
    protected SelectorProvider provider() {
        return new PolluxSelectorProvider(backend);
    }

    @Override
    protected void disturb(Selector selector) throws IOException {
        PolluxSelectorProvider.swap(selector, NAMES.get(swaps.incrementAndGet() % NAMES.size()));
    }
}
