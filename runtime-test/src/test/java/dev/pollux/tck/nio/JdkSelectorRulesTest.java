package dev.pollux.tck.nio;

import dev.pollux.tck.NioSelectorRules;
import java.nio.channels.spi.SelectorProvider;

/** The JDK's selectors: that the tests ask for no more than they do. */
class JdkSelectorRulesTest extends NioSelectorRules {

    @Override
    protected SelectorProvider provider() {
        return SelectorProvider.provider();
    }
}
