package dev.pollux.ffm.bridge;

/** Beginning on {@code io_uring}. */
class BridgeIoUringPropertiesTest extends BridgeProperties {

    BridgeIoUringPropertiesTest() {
        super("io_uring");
    }
}
