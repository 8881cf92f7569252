package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferAddressesTest {

    @Test
    void everyOneOfManyBuffersIsFoundByItself() {
        BufferAddresses addresses = new BufferAddresses();
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1);
            assertEquals(0, addresses.get(buffer), "before it is put");
            addresses.put(buffer, i + 1);
            buffers.add(buffer);
        }

        for (int i = 0; i < buffers.size(); i++) {
            assertEquals(i + 1, addresses.get(buffers.get(i)));
            assertEquals(0, addresses.get(buffers.get(i).duplicate()), "another one of the same memory");
        }
    }

    @Test
    void buffersThatAreGoneMakeRoom() {
        BufferAddresses addresses = new BufferAddresses();
        ByteBuffer kept = ByteBuffer.allocateDirect(1);
        addresses.put(kept, 1);
        for (int i = 0; i < 20; i++) {
            for (int j = 0; j < 100; j++) {
                addresses.put(ByteBuffer.allocate(0), 2);
            }
            System.gc();
        }

        assertEquals(1, addresses.get(kept));
        // Of 2 001 no more than 101 are there at once.
        assertTrue(addresses.room() <= 512, () -> "room for " + addresses.room());
    }
}
