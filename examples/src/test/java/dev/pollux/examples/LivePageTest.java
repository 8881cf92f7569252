package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LivePageTest {

    private EventLoop loop;
    private LivePage page;
    private HttpClient client;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.builder()
                .backend("nio")
                .threadName("<b>\"one\" & only</b>")
                .open();
        page = LivePage.serve(List.of(loop), 0);
        client = HttpClient.newHttpClient();
        loop.start();
    }

    @AfterEach
    void close() {
        client.close();
        page.close();
        loop.close();
    }

    @ParameterizedTest
    @CsvSource({"/, text/html", "/live-page.js, text/javascript", "/live-page.css, text/css"})
    void thePageAndItsPartsMayRunNoOtherScript(String path, String type) throws Exception {
        HttpResponse<String> response = get(path);

        assertEquals(200, response.statusCode());
        assertTrue(header(response, "Content-Type").startsWith(type), response::toString);
        assertEquals("nosniff", header(response, "X-Content-Type-Options"));
        String policy = header(response, "Content-Security-Policy");
        assertTrue(policy.contains("default-src 'none'"), policy);
        assertTrue(policy.contains("script-src 'self';"), policy);
        assertTrue(policy.contains("frame-ancestors 'none'"), policy);
        assertFalse(response.body().contains("innerHTML"));
    }

    @Test
    void theFiguresAreThoseOfTheLoopNow() throws Exception {
        try (EchoServer server = EchoServer.start(loop, 0);
                Socket peer = Clients.connect(server.address())) {
            Clients.write(peer, new byte[] {7});
            assertEquals(7, peer.getInputStream().read());

            String json = get("/loops.json").body();

            assertTrue(json.contains("\"backend\":\"nio\",\"open\":true,\"registered\":2,"), json);
            assertFalse(json.contains("\"callbacks\":0,"), json);
            assertTrue(json.contains("\"swaps\":0}"), json);
        }
    }

    @Test
    void aNameCannotBecomeMarkup() throws Exception {
        String json = get("/loops.json").body();

        assertTrue(json.contains("\"name\":\"\\u003cb\\u003e\\u0022one\\u0022 \\u0026 only\\u003c/b\\u003e\""), json);
        assertEquals("\"\\u005c\\u000a\\u00e9\\u2028\"", LivePageJson.quoted("\\\n\u00e9\u2028"));
    }

    @Test
    void aSwapFromThePageSwapsTheLoop() throws Exception {
        String other = Backends.usable()
                .filter(name -> !name.equals("nio"))
                .findFirst()
                .orElse("nio");

        HttpResponse<String> response = swap(origin(), "loop=0&backend=" + other);

        assertEquals(200, response.statusCode(), response::body);
        assertEquals("now on " + other, response.body());
        assertEquals(other, loop.backend());
        assertTrue(get("/loops.json").body().contains("\"backend\":\"" + other + "\""));
        assertTrue(get("/loops.json").body().contains("\"swaps\":1}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.org", "null", "https://127.0.0.1", "http://127.0.0.1:1", ""})
    void aSwapFromAnotherSiteFails(String origin) throws Exception {
        HttpResponse<String> response = swap(origin, "loop=0&backend=nio");

        assertEquals(403, response.statusCode());
        assertEquals(0, loop.metrics().selector().swaps());
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.org", "127.0.0.1", "127.0.0.1:1", "localhost.example.org:PORT", "PORT"})
    void aRequestToAnotherHostFails(String host) throws IOException {
        String port = Integer.toString(page.uri().getPort());
        for (String request : List.of("GET /", "GET /loops.json", "GET /dump?loop=0", "POST /swap")) {
            String name = host.replace("PORT", port);
            assertTrue(
                    raw(request + " HTTP/1.1\r\nHost: " + name + "\r\nOrigin: http://" + name
                                    + "\r\nContent-Length: 18\r\n\r\nloop=0&backend=nio")
                            .startsWith("HTTP/1.1 403 "),
                    request);
        }
        assertEquals(0, loop.metrics().selector().swaps());
    }

    @Test
    void theNameLocalhostIsThisHostToo() throws IOException {
        int port = page.uri().getPort();

        assertTrue(raw("GET / HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n").startsWith("HTTP/1.1 200 "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "loop=0",
                "backend=nio",
                "loop=1&backend=nio",
                "loop=-1&backend=nio",
                "loop=x&backend=nio",
                "loop=0&backend=floppy",
                "loop=0&backend=%",
                "=&&="
            })
    void aSwapOfWhatIsNotThereFails(String form) throws Exception {
        assertEquals(404, swap(origin(), form).statusCode());
        assertEquals(0, loop.metrics().selector().swaps());
    }

    @Test
    void aSwapOfALoopThatHasEndedFails() throws Exception {
        loop.close();

        HttpResponse<String> response = swap(origin(), "loop=0&backend=nio");

        assertEquals(409, response.statusCode(), response::body);
        assertTrue(response.body().startsWith("Not swapped to nio: "), response::body);
        assertTrue(get("/loops.json").body().contains("\"open\":false"));
        assertEquals(200, get("/dump?loop=0").statusCode());
    }

    @Test
    void theDumpListsWhatIsRegistered() throws Exception {
        try (EchoServer server = EchoServer.start(loop, 0)) {
            assertTrue(server.address().getPort() > 0);
            HttpResponse<String> response = get("/dump?loop=0");

            assertEquals(200, response.statusCode());
            assertEquals("text/plain; charset=utf-8", header(response, "Content-Type"));
            assertTrue(response.body().contains("ServerSocketChannelImpl"), response::body);
        }
    }

    @Test
    void aLoopThatHangsIsShownAllTheSame() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        loop.execute(() -> {
            begun.countDown();
            awaitUninterruptibly(end);
        });
        begun.await();
        try {
            assertTrue(get("/dump?loop=0").body().contains("awaitUninterruptibly"));
            assertEquals(200, get("/loops.json").statusCode());
        } finally {
            end.countDown();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void otherMethodsAndPathsFail() throws Exception {
        assertEquals(404, get("/LivePage.class").statusCode());
        assertEquals(404, get("/dump?loop=7").statusCode());
        assertEquals(405, get("/swap?loop=0&backend=nio").statusCode());
        assertEquals(
                405,
                client.send(request("/").POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString())
                        .statusCode());
        assertEquals(0, loop.metrics().selector().swaps());
    }

    @Test
    void itListensOnTheLoopbackAddressOnlyAndNoMoreWhenClosed() {
        assertEquals("127.0.0.1", page.uri().getHost());

        page.close();

        assertThrows(IOException.class, () -> get("/"));
    }

    private String origin() {
        return "http://127.0.0.1:" + page.uri().getPort();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(origin() + path)).timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> swap(String origin, String form) throws IOException, InterruptedException {
        HttpRequest.Builder request = request("/swap").POST(BodyPublishers.ofString(form));
        return client.send(
                (origin.isEmpty() ? request : request.header("Origin", origin)).build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** For what an HTTP client does not let a program say. */
    private String raw(String request) throws IOException {
        try (Socket socket = Clients.connect(new InetSocketAddress(
                InetAddress.ofLiteral("127.0.0.1"), page.uri().getPort()))) {
            Clients.write(socket, request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
