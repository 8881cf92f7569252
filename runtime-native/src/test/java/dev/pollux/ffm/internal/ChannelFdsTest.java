package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.sys.TestLibc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ChannelFdsTest {

    @Test
    void theDescriptorIsTheChannelsOwn() throws IOException {
        Pipe pipe = Pipe.open();
        try (Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            TestLibc.write(ChannelFds.fd(sink), "abc");

            assertTrue(ChannelFds.areKnown());
            assertEquals(3, source.read(ByteBuffer.allocate(10)));
        }
    }

    @Test
    void aChannelOfSomebodyElseHasNone() {
        SelectableChannel foreign = new AbstractSelectableChannel(SelectorProvider.provider()) {
            @Override
            protected void implCloseSelectableChannel() {}

            @Override
            protected void implConfigureBlocking(boolean block) {}

            @Override
            public int validOps() {
                return SelectionKey.OP_READ;
            }
        };

        assertEquals(-1, ChannelFds.fd(foreign));
    }
}
