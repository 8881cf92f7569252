package dev.pollux.benchmarks.peers;

/** So many connections, each of which sends messages of so many bytes. */
record EchoSize(int connections, int bytes) {

    @Override
    public String toString() {
        return connections + " × " + (bytes % 1024 == 0 ? bytes / 1024 + " KiB" : bytes + " B");
    }
}
