package dev.pollux.tck.rules;

import dev.pollux.loop.EventLoop;
import dev.pollux.tck.probe.CountingProvider;
import dev.pollux.tck.source.TestSources;

/** What the tests of the loop have at hand. */
@SuppressWarnings("exports") // The calls are for the kit itself.
public interface LoopRuleGroup {

    /** Returns what the running test works with; for the kit itself. */
    LoopFixture fixture();

    /** Returns the loop that is tested. */
    default EventLoop loop() {
        return fixture().loop;
    }

    /** Returns what makes sources for it. */
    default TestSources sources() {
        return fixture().sources;
    }

    /** Returns the calls that its selector has made of the backend. */
    default CountingProvider calls() {
        return fixture().calls;
    }
}
