package dev.pollux.benchmarks.peers;

import com.sun.management.ThreadMXBean;
import dev.pollux.benchmarks.Libc;
import dev.pollux.ffm.file.DiskFile;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Reads a file, {@code load DEPTH BYTES}, see {@link FileLoad}. The time is what the process computes, and the bytes are those that
 * all its threads allocate.
 */
final class FileSubject implements Metered.Subject {

    /** The system property that says which file. */
    static final String FILE = "pollux.benchmarks.file";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Contestant contestant;
    private final Path file = Path.of(System.getProperty(FILE));
    private FileReads reads;

    private FileSubject(Contestant contestant) throws IOException {
        this.contestant = contestant;
        load(1, 1);
    }

    static FileSubject open(Contestant contestant) throws IOException {
        return new FileSubject(contestant);
    }

    @Override
    public void load(int depth, int bytes) throws IOException {
        reads = new FileReads(new FileLoad(depth, bytes), Files.size(file), starter(depth));
    }

    private Function<FileReads.Read, Runnable> starter(int depth) throws IOException {
        return switch (contestant.kind()) {
            case "channel-pool" -> onPool(FileChannel.open(file), Executors.newFixedThreadPool(depth));
            case "asynchronous-channel" -> asynchronously(AsynchronousFileChannel.open(file, StandardOpenOption.READ));
            case "pollux-operations" -> byOperations(Operations.on(startedLoop(), DiskFile.open(file)));
            default ->
                throw new IllegalArgumentException("no reader " + contestant.kind()
                        + "; there are channel-pool, asynchronous-channel and pollux-operations");
        };
    }

    private EventLoop startedLoop() throws IOException {
        EventLoop loop = EventLoop.builder()
                .backend(contestant.backend())
                .threadName(Answers.LOOP_THREAD)
                .failureHandler(failure -> Answers.end(failure.error()))
                .open();
        loop.start();
        return loop;
    }

    private static Function<FileReads.Read, Runnable> onPool(FileChannel channel, ExecutorService pool) {
        return read -> {
            Runnable onThread = () -> {
                try {
                    read.done(channel.read(read.buffer(), read.nextOffset()));
                } catch (IOException e) {
                    Answers.end(e);
                }
            };
            return () -> pool.execute(onThread);
        };
    }

    private static Function<FileReads.Read, Runnable> asynchronously(AsynchronousFileChannel channel) {
        CompletionHandler<Integer, FileReads.Read> handler = new CompletionHandler<>() {
            @Override
            public void completed(Integer bytes, FileReads.Read read) {
                read.done(bytes);
            }

            @Override
            public void failed(Throwable reason, FileReads.Read read) {
                Answers.end(reason);
            }
        };
        return read -> () -> channel.read(read.buffer(), read.nextOffset(), read, handler);
    }

    private static Function<FileReads.Read, Runnable> byOperations(Operations operations) {
        return read -> {
            Operation operation = operations.operation(done -> read.done(done.result()));
            return () -> operation.read(read.buffer(), read.nextOffset());
        };
    }

    @Override
    public Sample run(double seconds) throws Exception {
        long count = reads.count();
        long bytes = THREADS.getTotalThreadAllocatedBytes();
        long nanos = Libc.processCpuNanos();
        reads.begin();
        TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
        reads.end();
        return new Sample(
                reads.count() - count,
                Libc.processCpuNanos() - nanos,
                THREADS.getTotalThreadAllocatedBytes() - bytes,
                Answers.compileMillis(),
                -1);
    }
}
