package dev.pollux.frameworks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs in two JVMs: in one Netty puts its own set of selected keys into each selector, in the other it does not. */
@Tag("netty-key-set")
class NettyTest {

    private static final boolean KEY_SET = !Boolean.getBoolean("io.netty.noKeySetOptimization");

    /** Together with those of the server below 1 024, as select(2) wants its descriptors. */
    private static final int FEW = 400;

    private static final int MANY = 1_000;

    private static String title(String what) {
        return KEY_SET ? what + ", own key set" : what;
    }

    private static IoHandlerFactory on(String backend) {
        return NioIoHandler.newFactory(new PolluxSelectorProvider(backend));
    }

    static Stream<Arguments> protocolsAndBackends() {
        return Stream.of(NettyProtocol.values())
                .flatMap(protocol -> Backends.names().stream().map(backend -> Arguments.of(protocol, backend)));
    }

    @Test
    void putsItsOwnKeySetIntoSelectorsOfTheBridgeIfItMay() throws Exception {
        try (NettyPair pair = new NettyPair(NettyProtocol.ECHO, on("epoll"))) {
            Selector selector = pair.selector();

            assertEquals("epoll", PolluxSelectorProvider.backend(selector));
            assertEquals(
                    KEY_SET,
                    selector.selectedKeys()
                            .getClass()
                            .getName()
                            .equals("io.netty.channel.nio.SelectedSelectionKeySet"));
        }
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("protocolsAndBackends")
    void returnsEveryByteWhileSelectorsMove(NettyProtocol protocol, String backend) throws Exception {
        Run.on(backend, title(protocol.toString()), run -> {
            try (NettyPair pair = new NettyPair(protocol, on(backend))) {
                run.whileSelectorsMove(() -> {
                    pair.connect(run, FEW, 40);
                    Run.awaitKeys(2 * FEW);
                    pair.exchange();
                });
            }
        });
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.frameworks.Backends#names")
    void serves1000ConnectionsWhileSelectorsMove(String backend) throws Exception {
        List<String> unlimited =
                Backends.names().stream().filter(name -> !name.equals("select")).toList();
        Run.on(backend, title("Netty echo, 1 000 connections"), run -> {
            try (NettyPair pair = new NettyPair(NettyProtocol.ECHO, on(backend))) {
                pair.connect(run, MANY, 30);
                Run.awaitKeys(2 * MANY);
                if (backend.equals("select")) {
                    assertFalse(Run.backends().contains(backend), "select watches descriptors above 1 024");
                } else {
                    assertEquals(Set.of(backend), Run.backends());
                }
                run.whileSelectorsMove(unlimited, pair::exchange);
            }
        });
    }
}
