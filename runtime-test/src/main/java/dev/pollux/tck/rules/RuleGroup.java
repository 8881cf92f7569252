package dev.pollux.tck.rules;

import dev.pollux.EventSelector;
import dev.pollux.tck.probe.CountingProvider;
import dev.pollux.tck.source.TestSources;

/** What the tests of every section have at hand. */
@SuppressWarnings("exports") // The calls are for the kit itself.
public interface RuleGroup {

    /** Returns what the running test works with; for the kit itself. */
    Fixture fixture();

    /** Returns the selector that is tested. */
    default EventSelector selector() {
        return fixture().selector;
    }

    /** Returns what makes sources for it. */
    default TestSources sources() {
        return fixture().sources;
    }

    /** Returns the calls that it has made of the backend. */
    default CountingProvider calls() {
        return fixture().calls;
    }
}
