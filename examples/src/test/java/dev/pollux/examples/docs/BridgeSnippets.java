package dev.pollux.examples.docs;

import dev.pollux.examples.LivePage;
import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.nio.channels.Selector;
import java.util.List;

/** The code of docs/bridge.md, but for Netty's, and of docs/live-page.md. */
@SuppressWarnings("unused") // Pages name what they show.
abstract class BridgeSnippets {

    void swap(Selector selector) throws IOException {
        PolluxSelectorProvider.swapAll("poll");
        PolluxSelectorProvider.swap(selector, "epoll");
        PolluxSelectorProvider.backend(selector);
        PolluxSelectorProvider.selectors();
    }

    void livePage(List<EventLoop> loops) throws IOException {
        LivePage page = LivePage.serve(loops, 8089);
    }
}
