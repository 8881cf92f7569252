package dev.pollux.frameworks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JdkHttpTest {

    private static final int CONNECTIONS = 64;
    private static final int ROUNDS = 50;
    private static final int MOST_BYTES = 20_000;
    private static final long MOST_SECONDS = 120;

    @ParameterizedTest
    @MethodSource("dev.pollux.frameworks.Backends#names")
    void theClientOfTheJdkHearsItsServerWhileSelectorsMove(String backend) throws Exception {
        Run.on(backend, "HttpClient and jdk.httpserver", run -> {
            HttpServer server =
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CONNECTIONS);
            server.createContext("/", JdkHttpTest::answer);
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
                    HttpClient client = HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .build()) {
                server.setExecutor(threads);
                server.start();
                try {
                    run.whileSelectorsMove(() -> IntStream.range(0, CONNECTIONS)
                            .mapToObj(seed -> exchange(run, client, address, new Random(seed), ROUNDS))
                            .reduce(CompletableFuture.completedFuture(null), CompletableFuture::allOf)
                            .get(MOST_SECONDS, TimeUnit.SECONDS));
                } finally {
                    server.stop(0);
                }
            }
        });
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static CompletableFuture<Void> exchange(
            Run run, HttpClient client, URI address, Random random, int rounds) {
        if (rounds == 0) {
            return CompletableFuture.completedFuture(null);
        }
        byte[] body = new byte[1 + random.nextInt(MOST_BYTES)];
        random.nextBytes(body);
        HttpRequest request = HttpRequest.newBuilder(address)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return client.sendAsync(request, BodyHandlers.ofByteArray())
                .thenAccept(response -> {
                    check(body, response);
                    run.answered(1);
                })
                .exceptionally(error -> {
                    run.failed(error);
                    return null;
                })
                .thenCompose(done -> exchange(run, client, address, random, rounds - 1));
    }

    private static void check(byte[] body, HttpResponse<byte[]> response) {
        assertEquals(200, response.statusCode());
        assertArrayEquals(body, response.body());
    }
}
