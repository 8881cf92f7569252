package dev.pollux.ffm.bridge;

/** Beginning on {@code select}. */
class BridgeSelectPropertiesTest extends BridgeProperties {

    BridgeSelectPropertiesTest() {
        super("select");
    }
}
