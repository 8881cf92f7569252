package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.SelectorKey;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registration that is idle costs, counted from the arrays, with references of four bytes. */
class KeyMemoryTest {

    private static final int ARRAY_HEADER = 16;
    private static final int OBJECT_HEADER = 12;
    private static final int REFERENCE = 4;

    private static long sizeOfArray(Object array) {
        Class<?> element = array.getClass().getComponentType();
        int length = Array.getLength(array);
        long bytes = ARRAY_HEADER + (long) length * (element == long.class ? 8 : REFERENCE);
        for (int i = 0; element.isArray() && i < length; i++) {
            Object inner = Array.get(array, i);
            bytes += inner == null ? 0 : sizeOfArray(inner);
        }
        return bytes;
    }

    private static long arraysOf(Object owner) throws IllegalAccessException {
        long bytes = 0;
        for (Field field : owner.getClass().getDeclaredFields()) {
            if (field.getType().isArray() && !Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                bytes += sizeOfArray(field.get(owner));
            }
        }
        return bytes;
    }

    /** Returns the size of an object without arrays, in whole words of eight bytes. */
    private static long sizeOf(Class<?> type) {
        long bytes = OBJECT_HEADER;
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                bytes += field.getType() == long.class || field.getType() == double.class ? 8 : REFERENCE;
            }
        }
        return (bytes + 7) / 8 * 8;
    }

    private static double bytesPerKey(int keys) throws IllegalAccessException {
        KeyTable table = new KeyTable();
        for (int fd = 0; fd < keys; fd++) {
            table.add(new SelectorKey(new Object(), fd, Events.READ, null));
        }
        return (double) (arraysOf(table) + arraysOf(table.states)) / keys + sizeOf(SelectorKey.class);
    }

    @Test
    void tenThousandIdleKeysTakeAtMostSixtyFourBytesEach() throws IllegalAccessException {
        double bytes = bytesPerKey(10_000);

        assertTrue(bytes <= 64, () -> bytes + " bytes a key");
    }

    /** Just after the arrays have grown they are emptiest. */
    @ParameterizedTest
    @ValueSource(ints = {6928, 10_391, 12_289, 24_577, 100_000, 1_000_000})
    void anyNumberOfKeysTakesLittleMore(int keys) throws IllegalAccessException {
        double bytes = bytesPerKey(keys);

        assertTrue(bytes <= 72, () -> bytes + " bytes a key");
    }

    @Test
    void theCountKnowsWhatThereIsToCount() throws IllegalAccessException {
        assertEquals(32, sizeOf(SelectorKey.class));
        assertEquals(16 + 3 * 4 + 16 + 2 * 4, sizeOfArray(new int[][] {{1, 2}, null, null}));
        assertTrue(arraysOf(new KeyTable()) > 0);
        assertTrue(arraysOf(new SlotStates(100)) >= 800);
    }
}
