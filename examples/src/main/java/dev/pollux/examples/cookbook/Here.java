package dev.pollux.examples.cookbook;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Where the recipes listen. */
final class Here {

    private Here() {}

    /** Returns port 8088 of the loopback address, or the port that the first argument says; 0 takes a free one. */
    static InetSocketAddress address(String... args) {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), args.length == 0 ? 8088 : Integer.parseInt(args[0]));
    }
}
