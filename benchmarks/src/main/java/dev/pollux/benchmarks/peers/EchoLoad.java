package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The load program, connected to a server that runs as a {@link Child}. Checks every byte that comes back. */
final class EchoLoad implements AutoCloseable {

    private final Child program;

    private EchoLoad(Child program) {
        this.program = program;
    }

    /**
     * What a run was like.
     *
     * @param requests messages sent and received back
     * @param cpuNanos what the server's process computed, in user and in system mode
     * @param p50Nanos the median of the time from sending a message to having all of it back
     * @param p99Nanos what one of a hundred messages takes longer than
     * @param p999Nanos what one of a thousand messages takes longer than
     */
    record Result(long requests, long elapsedNanos, long cpuNanos, long p50Nanos, long p99Nanos, long p999Nanos) {}

    /** Connects to the server. */
    static EchoLoad connect(Path program, int core, int port, Child server, EchoSize size)
            throws IOException, InterruptedException {
        Child child = Child.start(
                core,
                List.of(
                        program.toString(),
                        Integer.toString(port),
                        Integer.toString(size.connections()),
                        Integer.toString(size.bytes()),
                        Long.toString(server.pid())));
        try {
            child.answer();
            return new EchoLoad(child);
        } catch (IOException | InterruptedException e) {
            child.close();
            throw e;
        }
    }

    /** Sends on all connections for a time, and until all is back. */
    Result run(double seconds) throws IOException, InterruptedException {
        return ask("seconds " + seconds, Duration.ofMillis((long) (seconds * 1000)));
    }

    /** Sends a number of messages, spread over the connections. */
    Result send(long requests) throws IOException, InterruptedException {
        return ask("requests " + requests, Duration.ZERO);
    }

    private Result ask(String question, Duration duration) throws IOException, InterruptedException {
        long[] numbers = program.askNumbers(question, duration);
        return new Result(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }

    /** Closes the connections. */
    @Override
    public void close() {
        program.close();
    }
}
