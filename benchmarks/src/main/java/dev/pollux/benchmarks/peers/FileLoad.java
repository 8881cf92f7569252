package dev.pollux.benchmarks.peers;

/** So many reads at once, each of so many bytes at an offset that is a multiple of that. */
record FileLoad(int depth, int bytes) implements MeteredEntrant.Load {

    @Override
    public int first() {
        return depth;
    }

    @Override
    public int second() {
        return bytes;
    }

    @Override
    public String toString() {
        return depth + " × " + bytes / 1024 + " KiB";
    }
}
