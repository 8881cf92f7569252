package dev.pollux.benchmarks.peers;

/** How a JVM is started. */
enum StartLoad {
    PLAIN("plain"),
    AOT_CACHE("with an AOT cache");

    private final String description;

    StartLoad(String description) {
        this.description = description;
    }

    @Override
    public String toString() {
        return description;
    }
}
