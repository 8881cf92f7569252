package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Two loops with an echo server each, clients for them, and a {@link LivePage} about them. */
@Command(name = "live-page", sortOptions = false, usageHelpWidth = 100)
final class LivePageProgram implements Callable<Integer> {

    private static final Logger log = LoggerFactory.getLogger(LivePageProgram.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration BURST = Duration.ofMillis(50);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration SLOW = Duration.ofMillis(20);
    private static final int LOOPS = 2;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8089",
            description = "Serve the page on 127.0.0.1:N, ${DEFAULT-VALUE} by default; 0 takes a free port.")
    private int port;

    @Option(names = "--backend", paramLabel = "NAME", description = "Begin on this backend; the best one by default.")
    private @Nullable String backend;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "50",
            description = "Clients of each loop, ${DEFAULT-VALUE} by default; 0 for none.")
    private int connections;

    @SuppressWarnings("UnusedVariable") // picocli looks at the annotation only
    @Option(names = "--help", usageHelp = true, description = "Print this.")
    private boolean help;

    /** Runs until the process ends. */
    static void run(String... args) {
        System.exit(new CommandLine(new LivePageProgram())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    System.err.println(e.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<EventLoop> loops = new ArrayList<>();
        for (int i = 1; i <= LOOPS; i++) {
            loops.add(startLoop("echo-" + i));
        }
        try (LivePage page = LivePage.serve(loops, port)) {
            System.out.println("live page on " + page.uri());
            for (EventLoop loop : loops) {
                while (!loop.awaitTermination(LIMIT)) {
                    // Until Ctrl-C.
                }
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private EventLoop startLoop(String name) throws IOException {
        var settings = EventLoop.builder().threadName(name).slowCallback(SLOW);
        EventLoop loop = (backend == null ? settings : settings.backend(backend)).open();
        EchoServer server = EchoServer.start(loop, 0);
        loop.scheduleAtFixedRate(TICK, TICK, () -> {});
        loop.start();
        if (connections > 0) {
            Thread load = new Thread(() -> talk(server.address()), "load of " + name);
            load.setDaemon(true);
            load.start();
        }
        return loop;
    }

    /** In bursts, so that the machine has time for other things. */
    private void talk(InetSocketAddress server) {
        try (LoadDriver driver = new LoadDriver(server, messages -> {})) {
            driver.connect(connections, LIMIT);
            while (driver.problem() == null) {
                driver.drive(BURST, LIMIT);
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            log.error("the load has ended: {}", driver.problem());
        } catch (IOException e) {
            log.error("the load has ended", e);
        }
    }
}
