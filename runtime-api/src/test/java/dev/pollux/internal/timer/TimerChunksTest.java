package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class TimerChunksTest {

    private final TimerChunks chunks = new TimerChunks();

    @Test
    void whatIsGivenBackIsUsedAgainAndEmpty() {
        TimerNode[] small = chunks.small();
        TimerNode[] large = chunks.large();
        assertEquals(TimerChunks.SMALL, small.length);
        assertEquals(TimerChunks.LARGE, large.length);
        small[0] = new TimerEntry(1, 1);
        large[TimerChunks.LARGE - 1] = new TimerEntry(1, 1);

        chunks.release(small);
        chunks.release(large);

        assertSame(small, chunks.small());
        assertSame(large, chunks.large());
        assertNull(small[0]);
        assertNull(large[TimerChunks.LARGE - 1]);
    }

    @Test
    void onlySoManyAreKept() {
        for (int i = 0; i <= TimerChunks.MAX_KEPT; i++) {
            chunks.release(new TimerNode[TimerChunks.SMALL]);
            chunks.release(new TimerNode[TimerChunks.LARGE]);
        }

        assertEquals(TimerChunks.MAX_KEPT, chunks.keptSmall());
        assertEquals(TimerChunks.MAX_KEPT, chunks.keptLarge());
        for (int i = 0; i <= TimerChunks.MAX_KEPT; i++) {
            assertEquals(TimerChunks.SMALL, chunks.small().length);
            assertEquals(TimerChunks.LARGE, chunks.large().length);
        }
        assertEquals(0, chunks.keptSmall());
        assertEquals(0, chunks.keptLarge());
    }
}
