package dev.pollux.frameworks.hadoop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import dev.pollux.ffm.bridge.SelectorInfo;
import dev.pollux.frameworks.Backends;
import dev.pollux.frameworks.Descriptors;
import dev.pollux.frameworks.Results;
import dev.pollux.frameworks.Swaps;
import dev.pollux.frameworks.engine.Await;
import dev.pollux.frameworks.engine.Ports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.retry.RetryPolicies;
import org.apache.hadoop.ipc.Client;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.Server;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.util.VersionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hadoop's calls between its processes: client and server in this JVM, whose selectors move every 50 ms. */
@Tag("keeps-selectors")
@Timeout(120)
class HadoopIpcTest {

    private static final int CALLERS = 4;
    private static final int CALLS_EACH = 2_500;
    private static final int LIMIT_MILLIS = 60_000;

    private static final class Echo extends Server {

        Echo(Configuration settings) throws IOException {
            super(Ports.HOST, 0, LongWritable.class, CALLERS, settings);
        }

        @Override
        public Writable call(RPC.RpcKind kind, String protocol, Writable argument, long received) {
            return argument;
        }
    }

    static List<String> backends() {
        return Backends.names();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void everyCallIsAnsweredWhileSelectorsMove(String backend) throws Exception {
        long before = Descriptors.count();
        int keys = keys();
        Configuration settings = new Configuration();
        Server server = new Echo(settings);
        server.start();
        int selectors = PolluxSelectorProvider.swapAll(backend);
        assertTrue(selectors >= 3, "one selector accepts, one reads and one writes: " + selectors);
        long swaps;
        Client client = new Client(LongWritable.class, settings);
        try (Swaps moving = Swaps.from(backend)) {
            callAll(client, server, settings);
            swaps = moving.count();
        } finally {
            client.stop();
            server.stop();
            server.join();
        }
        // Hadoop keeps some selectors for the next wait. None takes more than two descriptors.
        Await.until(
                "the descriptors are closed",
                () -> Descriptors.count()
                        <= before + 2L * PolluxSelectorProvider.selectors().size());
        Await.until("no channel is watched any more", () -> keys() <= keys);
        Results.add(
                "Hadoop IPC " + VersionInfo.getVersion(),
                backend,
                CALLERS * CALLS_EACH,
                0,
                swaps,
                before,
                Descriptors.count());
    }

    private static int keys() {
        return PolluxSelectorProvider.selectors().stream()
                .mapToInt(SelectorInfo::keys)
                .sum();
    }

    private static void callAll(Client client, Server server, Configuration settings) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<Void>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(threads.submit(() -> {
                    for (long argument = 0; argument < CALLS_EACH; argument++) {
                        Client.ConnectionId connection = new Client.ConnectionId(
                                server.getListenerAddress(),
                                null,
                                UserGroupInformation.getCurrentUser(),
                                LIMIT_MILLIS,
                                RetryPolicies.TRY_ONCE_THEN_FAIL,
                                settings);
                        Writable answer = client.call(
                                RPC.RpcKind.RPC_BUILTIN,
                                new LongWritable(argument),
                                connection,
                                new AtomicBoolean(),
                                null);
                        assertEquals(new LongWritable(argument), answer);
                    }
                    return null;
                }));
            }
            for (Future<Void> caller : callers) {
                caller.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
