package dev.pollux.ffm.bridge;

import dev.pollux.tck.NioSelectorRules;
import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** On each backend. */
@EnabledOnOs(OS.LINUX)
class BridgeRulesTest {

    @Nested
    class Epoll extends NioSelectorRules {
        @Override
        protected SelectorProvider provider() {
            return new PolluxSelectorProvider("epoll");
        }
    }

    @Nested
    class IoUring extends NioSelectorRules {
        @Override
        protected SelectorProvider provider() {
            return new PolluxSelectorProvider("io_uring");
        }
    }

    @Nested
    class Poll extends NioSelectorRules {
        @Override
        protected SelectorProvider provider() {
            return new PolluxSelectorProvider("poll");
        }
    }

    @Nested
    class Select extends NioSelectorRules {
        @Override
        protected SelectorProvider provider() {
            return new PolluxSelectorProvider("select");
        }
    }
}
