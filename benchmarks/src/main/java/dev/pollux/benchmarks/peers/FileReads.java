package dev.pollux.benchmarks.peers;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Phaser;
import java.util.function.Function;

/** Reads of a file at random offsets, many at once: when one is done, it begins anew, until all are to rest. */
final class FileReads {

    private final List<Read> all = new ArrayList<>();
    private final Phaser resting = new Phaser(1);
    private final long blocks;
    private volatile boolean going;

    /**
     * Prepares reads.
     *
     * @param fileBytes the size of the file
     * @param starter returns what begins a read, and says {@link Read#done} afterwards
     */
    FileReads(FileLoad load, long fileBytes, Function<Read, Runnable> starter) {
        blocks = fileBytes / load.bytes();
        SplittableRandom seeds = new SplittableRandom(42);
        for (int i = 0; i < load.depth(); i++) {
            all.add(new Read(ByteBuffer.allocateDirect(load.bytes()), seeds.split(), starter));
        }
    }

    /** Begins all of them. */
    void begin() {
        going = true;
        for (Read read : all) {
            resting.register();
            read.begin.run();
        }
    }

    /** Waits until all of them rest. */
    void end() {
        going = false;
        resting.arriveAndAwaitAdvance();
    }

    /** Returns how many are done, while they rest. */
    long count() {
        return all.stream().mapToLong(read -> read.count).sum();
    }

    /** One of the reads. One thread at a time. */
    final class Read {

        private final ByteBuffer buffer;
        private final SplittableRandom random;
        private final Runnable begin;
        private long count;

        private Read(ByteBuffer buffer, SplittableRandom random, Function<Read, Runnable> starter) {
            this.buffer = buffer;
            this.random = random;
            this.begin = starter.apply(this);
        }

        /** Returns the buffer, empty. */
        ByteBuffer buffer() {
            return buffer.clear();
        }

        /** Returns where to read. */
        long nextOffset() {
            return random.nextLong(blocks) * buffer.capacity();
        }

        /** Takes what was read, and begins the next one unless it is to rest. */
        void done(int bytes) {
            if (bytes != buffer.capacity()) {
                Answers.end(new IllegalStateException(bytes + " bytes were read instead of " + buffer.capacity()));
            }
            count++;
            if (going) {
                begin.run();
            } else {
                resting.arriveAndDeregister();
            }
        }
    }
}
