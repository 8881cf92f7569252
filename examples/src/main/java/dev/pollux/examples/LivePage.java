package dev.pollux.examples;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pollux.BackendCandidate;
import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A page that shows what loops do while they do it, with a button for each that swaps its backend.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=LivePage}, and open the address that it prints. In a
 * program of your own it is {@code LivePage.serve(loops, 8089)}; the loops stay yours.
 *
 * <p>Watch for what protects it. It listens on 127.0.0.1 only. A page of another site could still send requests to it through
 * the browser of someone at this machine, so a request has to name this host, which a name that was pointed here does not, and
 * a swap has to come from this page, which the browser says in {@code Origin}. Everyone with an account on the machine can open
 * it and swap: where that is too much, leave it out.
 *
 * <p><b>Thread:</b> any.
 */
public final class LivePage implements AutoCloseable {

    private static final long SWAP_SECONDS = 10;
    private static final long DUMP_MILLIS = 500;
    private static final int MOST_BODY_BYTES = 1024;
    private static final String TEXT = "text/plain; charset=utf-8";

    private static final Map<String, String> FILES = Map.of(
            "/", "text/html; charset=utf-8",
            "/live-page.css", "text/css; charset=utf-8",
            "/live-page.js", "text/javascript; charset=utf-8");

    /** What a browser must not do with the page: run other scripts, show it within another page, or keep it. */
    private static final Map<String, String> SAFETY = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cache-Control",
            "no-store");

    private final List<EventLoop> loops;
    private final List<String> backends;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private LivePage(List<EventLoop> loops, int port) throws IOException {
        this.loops = List.copyOf(loops);
        this.backends = Selectors.backends().stream()
                .filter(BackendCandidate::isAvailable)
                .map(BackendCandidate::name)
                .toList();
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Shows two loops under load; see {@code --help}. */
    public static void main(String[] args) {
        LivePageProgram.run(args);
    }

    /**
     * Serves a page about {@code loops}.
     *
     * @param port where to listen on 127.0.0.1; 0 takes a free one, see {@link #uri}
     * @throws IOException if the port is taken
     */
    public static LivePage serve(List<EventLoop> loops, int port) throws IOException {
        return new LivePage(loops, port);
    }

    /** Returns what to open in a browser. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** Ends the page, not the loops. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private record Answer(int status, String type, String body) {

        static Answer text(int status, String text) {
            return new Answer(status, TEXT, text);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            Headers headers = exchange.getResponseHeaders();
            SAFETY.forEach(headers::set);
            headers.set("Content-Type", answer.type);
            byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (!isOwn(host)) {
            return Answer.text(403, "This is not " + host + ".");
        }
        String path = exchange.getRequestURI().getPath();
        boolean isSwap = path.equals("/swap");
        if (!exchange.getRequestMethod().equals(isSwap ? "POST" : "GET")) {
            exchange.getResponseHeaders().set("Allow", isSwap ? "POST" : "GET");
            return Answer.text(405, "Use " + (isSwap ? "POST" : "GET") + ".");
        }
        if (isSwap) {
            return ("http://" + host).equals(exchange.getRequestHeaders().getFirst("Origin"))
                    ? swap(fields(body(exchange)))
                    : Answer.text(403, "A swap has to come from the page itself.");
        }
        return switch (path) {
            case "/loops.json" -> new Answer(200, "application/json", LivePageJson.of(loops, backends));
            case "/dump" -> dump(fields(exchange.getRequestURI().getRawQuery()));
            default -> file(path);
        };
    }

    private boolean isOwn(@Nullable String host) {
        int port = server.getAddress().getPort();
        return ("127.0.0.1:" + port).equals(host) || ("localhost:" + port).equals(host);
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readNBytes(MOST_BODY_BYTES), StandardCharsets.UTF_8);
    }

    /** Returns what a form has sent; a field without a value, or one that is malformed, is not there. */
    private static Map<String, String> fields(@Nullable String form) {
        Map<String, String> fields = new HashMap<>();
        for (String field : form == null ? new String[0] : form.split("&", -1)) {
            int sign = field.indexOf('=');
            if (sign > 0) {
                try {
                    fields.put(
                            field.substring(0, sign),
                            URLDecoder.decode(field.substring(sign + 1), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException malformed) {
                    // What cannot be decoded names no loop and no backend.
                }
            }
        }
        return fields;
    }

    private @Nullable EventLoop loop(Map<String, String> fields) {
        try {
            int number = Integer.parseInt(fields.getOrDefault("loop", ""));
            return number >= 0 && number < loops.size() ? loops.get(number) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private Answer swap(Map<String, String> fields) {
        EventLoop loop = loop(fields);
        String backend = fields.get("backend");
        if (loop == null || backend == null || !backends.contains(backend)) {
            return Answer.text(404, "There is no such loop, or no such backend.");
        }
        try {
            loop.swap(backend).get(SWAP_SECONDS, TimeUnit.SECONDS);
            return Answer.text(200, "now on " + backend);
        } catch (ExecutionException e) {
            return failed(backend, e.getCause());
        } catch (TimeoutException e) {
            return Answer.text(504, "The loop has not swapped to " + backend + " yet; it is busy.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.text(503, "The page ends.");
        } catch (RuntimeException e) {
            return failed(backend, e);
        }
    }

    private static Answer failed(String backend, @Nullable Throwable reason) {
        return Answer.text(409, "Not swapped to " + backend + ": " + (reason == null ? "" : reason.getMessage()));
    }

    /** The loop's own thread also lists what is registered. One that does not answer is described from outside. */
    private Answer dump(Map<String, String> fields) {
        EventLoop loop = loop(fields);
        if (loop == null) {
            return Answer.text(404, "There is no such loop.");
        }
        try {
            return Answer.text(
                    200, CompletableFuture.supplyAsync(loop::dump, loop).get(DUMP_MILLIS, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException | RuntimeException busyOrEnded) {
            return Answer.text(200, loop.dump());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.text(503, "The page ends.");
        }
    }

    private static Answer file(String path) throws IOException {
        String type = FILES.get(path);
        if (type == null) {
            return Answer.text(404, "There is nothing.");
        }
        String name = path.equals("/") ? "live-page.html" : path.substring(1);
        try (InputStream in = LivePage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException(name);
            }
            return new Answer(200, type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
