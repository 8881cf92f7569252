package dev.pollux.tck.nio;

import dev.pollux.tck.NioSelectorProperties;
import java.nio.channels.spi.SelectorProvider;

/** The JDK's selectors against themselves: that the answers of a history are fixed. */
class JdkSelectorPropertiesTest extends NioSelectorProperties {

    @Override
    protected SelectorProvider provider() {
        return SelectorProvider.provider();
    }
}
