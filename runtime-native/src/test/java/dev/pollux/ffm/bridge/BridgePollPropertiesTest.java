package dev.pollux.ffm.bridge;

/** Beginning on {@code poll}. */
class BridgePollPropertiesTest extends BridgeProperties {

    BridgePollPropertiesTest() {
        super("poll");
    }
}
