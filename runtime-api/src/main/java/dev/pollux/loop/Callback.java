package dev.pollux.loop;

import dev.pollux.Events;
import java.io.IOException;
import java.util.Objects;

/** What to do when a source is ready. */
@FunctionalInterface
public interface Callback {

    /**
     * Handles readiness. May register, modify, cancel, schedule, execute and stop; should not block, because nothing
     * else of the loop runs meanwhile.
     *
     * <p><b>Thread:</b> the loop thread.
     *
     * @param registration what is ready: its source is {@link Registration#fileobj}
     * @param ready {@link dev.pollux.Events} bits as in {@link dev.pollux.Ready#ready}
     * @throws IOException goes to the loop's failure handler, like anything unchecked
     */
    void onReady(Registration registration, int ready) throws IOException;

    /**
     * Returns a callback that calls {@code reader} for what can be read and then {@code writer} for what can be written,
     * unless {@code reader} has cancelled the registration.
     */
    static Callback of(Callback reader, Callback writer) {
        Objects.requireNonNull(reader, "reader");
        Objects.requireNonNull(writer, "writer");
        return (registration, ready) -> {
            if ((ready & Events.READ) != 0) {
                reader.onReady(registration, ready);
            }
            if ((ready & Events.WRITE) != 0 && registration.isActive()) {
                writer.onReady(registration, ready);
            }
        };
    }
}
