package dev.pollux.tck;

import dev.pollux.EventSelector;

/** What the tests of every section have at hand. */
interface RuleGroup {

    Bench bench();

    default EventSelector selector() {
        return bench().selector;
    }

    default Links links() {
        return bench().links;
    }

    default CountingProvider calls() {
        return bench().calls;
    }
}
