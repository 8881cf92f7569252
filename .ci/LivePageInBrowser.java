import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Uses the live page in a Chromium that listens for its developer tools: clicks on the button that swaps the first loop, waits
 * until the page shows the other backend, and takes a picture. Arguments: the port of the tools, the backend, the picture.
 */
final class LivePageInBrowser implements WebSocket.Listener {

    private static final long LIMIT_SECONDS = 60;

    /** Waits in the page until it shows {@code test}; the page itself looks again every second. */
    private static final String UNTIL = "new Promise((done, fail) => { const end = Date.now() + 30000;"
            + " const look = () => (%s) ? done('seen') : Date.now() > end ? done(document.body.innerText) : setTimeout(look, 50);"
            + " look(); })";

    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final StringBuilder message = new StringBuilder();
    private WebSocket socket;
    private int id;

    public static void main(String[] args) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        String pages = client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + args[0] + "/json/list")).build(),
                        BodyHandlers.ofString())
                .body();
        Matcher page = Pattern.compile("\"type\": \"page\".*?\"webSocketDebuggerUrl\": \"([^\"]+)\"", Pattern.DOTALL)
                .matcher(pages);
        if (!page.find()) {
            throw new IllegalStateException("no page among " + pages);
        }
        LivePageInBrowser browser = new LivePageInBrowser();
        browser.socket =
                client.newWebSocketBuilder().buildAsync(URI.create(page.group(1)), browser).get();

        String card = "document.querySelector('[data-loop=\\\"0\\\"]')";
        browser.until(card);
        browser.until(card + ".querySelectorAll('dd')[1].textContent !== '\u2013'");
        browser.evaluate(card + ".querySelector('select').value = '" + args[1] + "'; " + card
                + ".querySelector('button').click(); 'clicked'");
        browser.until(card + ".querySelector('.backend').textContent === '" + args[1] + "'");
        browser.until(card + ".querySelector('.answer').textContent === 'now on " + args[1] + "'");
        // Some points of the line, for the picture, and figures of the new backend.
        browser.until(card + ".querySelector('polyline').getAttribute('points').split(' ').length > 4");
        browser.until(card + ".querySelectorAll('dd')[1].textContent !== '0'");
        Matcher picture = Pattern.compile("\"data\":\"([^\"]+)\"").matcher(browser.call("Page.captureScreenshot", "{}"));
        if (!picture.find()) {
            throw new IllegalStateException("no picture");
        }
        Files.write(Path.of(args[2]), Base64.getDecoder().decode(picture.group(1)));
        browser.socket.abort();
        client.shutdownNow();
    }

    private void until(String test) throws Exception {
        String answer = evaluate(UNTIL.formatted(test));
        if (!answer.contains("\"value\":\"seen\"")) {
            throw new IllegalStateException("the page does not come to " + test + ": " + answer);
        }
    }

    private String evaluate(String expression) throws Exception {
        return call(
                "Runtime.evaluate",
                "{\"expression\":\"" + expression + "\",\"awaitPromise\":true,\"returnByValue\":true}");
    }

    private String call(String method, String parameters) throws Exception {
        id++;
        socket.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + "}", true)
                .get();
        String answer = answers.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (answer == null || !answer.startsWith("{\"id\":" + id + ",") || answer.contains("\"exceptionDetails\"")) {
            throw new IllegalStateException(method + " " + parameters + " failed: " + answer);
        }
        return answer;
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        message.append(data);
        if (last) {
            answers.add(message.toString());
            message.setLength(0);
        }
        webSocket.request(1);
        return null;
    }
}
