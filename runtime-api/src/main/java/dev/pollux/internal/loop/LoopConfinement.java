package dev.pollux.internal.loop;

import dev.pollux.internal.selector.Confinement;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does what other threads want done with the selector of a loop: on the loop thread, or while there is none. */
final class LoopConfinement implements Confinement {

    private final LoopInfo loop;
    private final Mailbox mailbox;
    private final Consumer<@Nullable Throwable> leave;

    /** Makes the confinement of a loop whose driver leaves by {@code leave}. */
    LoopConfinement(LoopInfo loop, Mailbox mailbox, Consumer<@Nullable Throwable> leave) {
        this.loop = loop;
        this.mailbox = mailbox;
        this.leave = leave;
    }

    @Override
    public boolean isHere() {
        return mailbox.inLoop();
    }

    @Override
    public <T> T call(Action<T> action) throws IOException {
        if (mailbox.inLoop()) {
            return action.run();
        }
        if (mailbox.life.visit()) {
            try {
                return action.run();
            } finally {
                leave.accept(null);
            }
        }
        CrossThreadCall<T> call = new CrossThreadCall<>(action);
        if (!Waits.begin(mailbox.life, call::isDone)) {
            throw new IllegalStateException(loop.name + " waits for the loop of thread "
                    + Thread.currentThread().getName()
                    + ", which would wait for it in turn; use registerAsync, or execute a task there that does it");
        }
        try {
            if (!mailbox.postCall(call)) {
                return action.run(); // fails as the closed selector says
            }
            if (mailbox.life.visit()) {
                // The driver left before it could see the call.
                try {
                    mailbox.runCommands();
                } finally {
                    leave.accept(null);
                }
            } else {
                mailbox.wakeup();
            }
            return call.result();
        } finally {
            Waits.end();
        }
    }
}
