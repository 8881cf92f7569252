package dev.pollux.tck.rules;

import dev.pollux.loop.EventLoop;

/** What the tests of operations have at hand. */
@SuppressWarnings("exports") // The calls are for the kit itself.
public interface OperationRuleGroup {

    /** Returns what the running test works with; for the kit itself. */
    OperationFixture fixture();

    /** Returns the loop that is tested, which the test turns. */
    default EventLoop loop() {
        return fixture().loop();
    }
}
