package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How much of the heap a registration takes beside its key. */
class RegistrationSizeTest {

    /** With compressed references, as on every heap below 32 GB. */
    private static final int HEADER_BYTES = 12;

    private static final int REFERENCE_BYTES = 4;
    private static final Map<Class<?>, Integer> BYTES =
            Map.of(boolean.class, 1, byte.class, 1, short.class, 2, char.class, 2, int.class, 4, long.class, 8);

    @Test
    void aRegistrationTakes32BytesBesideItsKey() {
        int bytes = HEADER_BYTES;
        for (Field field : Registration.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                bytes += BYTES.getOrDefault(field.getType(), REFERENCE_BYTES);
            }
        }

        assertTrue(bytes <= 32, bytes + " bytes");
    }
}
