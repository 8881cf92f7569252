package dev.pollux.internal.loop;

import dev.pollux.EventSelector;
import dev.pollux.SelectorKey;
import dev.pollux.loop.Registration;

/** The longer parts of a loop's dump. */
final class LoopDump {

    private static final int REGISTRATIONS = 40;
    private static final int FRAMES = 20;

    private LoopDump() {}

    /** Lists what is registered; only where the selector may be used. */
    static void appendRegistrations(StringBuilder page, EventSelector selector) {
        int left = REGISTRATIONS;
        page.append("registered: ").append(selector.keys().size()).append('\n');
        for (SelectorKey key : selector.keys().values()) {
            if (left-- == 0) {
                page.append("  …\n");
                return;
            }
            Object data = key.data();
            page.append("  ").append(data instanceof Registration ? data : key).append('\n');
        }
    }

    static void appendStack(StringBuilder page, Thread thread) {
        int left = FRAMES;
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (left-- == 0) {
                page.append("  …\n");
                return;
            }
            page.append("  at ").append(frame).append('\n');
        }
    }
}
