/**
 * The conformance kit: what every backend must do, as tests to inherit.
 *
 * <p>Opened to the test engines, which call the inherited tests by reflection.
 */
@org.jspecify.annotations.NullMarked
module dev.pollux.tck {
    requires static org.jspecify;
    requires java.management;
    requires jdk.management;
    requires transitive dev.pollux.runtime;
    requires transitive net.jqwik.api;
    requires transitive org.junit.jupiter.api;

    exports dev.pollux.tck;
    exports dev.pollux.tck.fake;
    exports dev.pollux.tck.model;
    exports dev.pollux.tck.nio;
    exports dev.pollux.tck.rules;
    exports dev.pollux.tck.source;

    opens dev.pollux.tck;
    opens dev.pollux.tck.model;
    opens dev.pollux.tck.nio;
    opens dev.pollux.tck.report;
    opens dev.pollux.tck.rules;
}
