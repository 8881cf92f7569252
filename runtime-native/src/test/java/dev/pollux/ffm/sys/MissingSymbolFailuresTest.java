package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Availability;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Test;

class MissingSymbolFailuresTest {

    /** Linked when first used, as the bindings are. */
    private static final class Absent {

        static final MethodHandle CALL = Libc.call("pollux_no_such_call", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    /** Twice: a class that could not be initialised tells its cause only the first time. */
    @Test
    void aFunctionThatTheCLibraryLacksMakesABackendUnavailable() {
        Availability first = Availability.of(() -> Absent.CALL.type());
        Availability second = Availability.of(() -> Absent.CALL.type());

        String reason = assertInstanceOf(Availability.Unavailable.class, first).reason();
        assertTrue(reason.contains("pollux_no_such_call"), reason);
        assertInstanceOf(Availability.Unavailable.class, second);
    }
}
