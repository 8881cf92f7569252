package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An echo server, which is a process of its own, as the load that it gets is. */
record EchoEntrant(String name, EchoPrograms programs, int core, int loadCore, Predicate<EchoSize> canTake)
        implements Entrant<EchoSize, EchoSample> {

    @Override
    public boolean takes(EchoSize load) {
        return canTake.test(load);
    }

    @Override
    public Server start() throws IOException, InterruptedException {
        Child child = Child.start(core, programs.serverCommand(name));
        try {
            return new Server(this, child, Integer.parseInt(child.answer()));
        } catch (IOException | InterruptedException e) {
            child.close();
            throw e;
        }
    }

    /** The server while it runs. */
    static final class Server implements Running<EchoSize, EchoSample> {

        private final EchoEntrant entrant;
        private final Child child;
        private final int port;
        private @Nullable EchoLoad load;

        private Server(EchoEntrant entrant, Child child, int port) {
            this.entrant = entrant;
            this.child = child;
            this.port = port;
        }

        @Override
        public void prepare(EchoSize size, double warmupSeconds) throws IOException, InterruptedException {
            disconnect();
            EchoLoad connected = EchoLoad.connect(entrant.programs.load(), entrant.loadCore, port, child, size);
            load = connected;
            Warmup.run(entrant.name, warmupSeconds, seconds -> {
                connected.run(seconds);
                return Account.of(child).compileMillis();
            });
        }

        @Override
        public EchoSample measure(EchoSize size, double seconds) throws IOException, InterruptedException {
            Account before = Account.of(child);
            EchoLoad.Result result = connected().run(seconds);
            long bytes = Account.of(child).allocatedBytes() - before.allocatedBytes();
            return new EchoSample(
                    result, before.allocatedBytes() < 0 ? Double.NaN : (double) bytes / result.requests());
        }

        private EchoLoad connected() {
            if (load == null) {
                throw new IllegalStateException("no load is connected");
            }
            return load;
        }

        /** Sends so many messages, and returns their number. */
        long send(long requests) throws IOException, InterruptedException {
            return connected().send(requests).requests();
        }

        String name() {
            return entrant.name();
        }

        Child child() {
            return child;
        }

        private void disconnect() {
            if (load != null) {
                load.close();
                load = null;
            }
        }

        @Override
        public void close() {
            disconnect();
            child.close();
        }
    }

    /**
     * What a server says of itself, asked outside the measured time.
     *
     * @param allocatedBytes by its loop thread so far; negative if that is not known
     * @param compileMillis how long the compilers of its JVM have worked so far
     */
    private record Account(long allocatedBytes, long compileMillis) {

        static Account of(Child server) throws IOException, InterruptedException {
            long[] numbers = server.askNumbers("account", Duration.ZERO);
            return new Account(numbers[0], numbers[1]);
        }
    }
}
