package dev.pollux.internal.loop;

import dev.pollux.internal.selector.Confinement;
import java.io.IOException;

/** Does what other threads want done with the selector of a loop: on the loop thread, or while there is none. */
final class LoopConfinement implements Confinement {

    private final LoopInfo loop;
    private final Mailbox mailbox;
    private final LoopRunner runner;

    LoopConfinement(LoopInfo loop, Mailbox mailbox, LoopRunner runner) {
        this.loop = loop;
        this.mailbox = mailbox;
        this.runner = runner;
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
        if (runner.visit()) {
            try {
                return action.run();
            } finally {
                runner.leave(null);
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
            if (runner.visit()) {
                // The driver left before it could see the call.
                try {
                    mailbox.runCommands();
                } finally {
                    runner.leave(null);
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
