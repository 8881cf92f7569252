package dev.pollux.benchmarks.peers;

import java.util.List;

/**
 * Which echo servers a section of the page compares, and with which loads.
 *
 * @param servers the first is what the others are compared with
 * @param traced the loads with which system calls are counted
 */
record EchoSection(List<String> servers, List<EchoSize> loads, List<EchoSize> traced) {

    boolean shows(String server, EchoSize load) {
        return servers.contains(server) && loads.contains(load);
    }

    boolean traces(String server, EchoSize load) {
        return servers.contains(server) && traced.contains(load);
    }
}
