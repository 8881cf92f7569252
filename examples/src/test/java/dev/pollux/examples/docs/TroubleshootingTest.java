package dev.pollux.examples.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Fd;
import dev.pollux.Requirements;
import dev.pollux.Selectors;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** That each message of the library has a section in docs/troubleshooting.md, by the words it begins with. */
class TroubleshootingTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern LOGGED =
            Pattern.compile("\\b(?:log|LOG)\\.(?:info|warn|error)\\(\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern HEADING = Pattern.compile("^### `([^`]+)`", Pattern.MULTILINE);

    @Test
    void eachLoggedMessageHasASection() throws IOException {
        List<String> headings = headings();
        Set<String> messages = logged();

        assertTrue(messages.size() > 20, "found only " + messages);
        String missing = messages.stream()
                .filter(message -> headings.stream()
                        .noneMatch(heading -> message.startsWith(heading) || heading.startsWith(message)))
                .collect(Collectors.joining("\n"));
        assertEquals("", missing, "without a section");
    }

    @Test
    void whatFailsAtSetUpHasASection() throws IOException {
        assertHasASection(() -> Selectors.open("nonsense"));
        assertHasASection(() -> Selectors.open(Requirements.of(Capability.JAVA_CHANNELS)
                .avoiding("epoll", "io_uring", "kqueue", "devpoll", "nio", "poll", "select", "busypoll")));
        assertHasASection(() -> Selectors.open("kqueue"));
        try (EventSelector selector = Selectors.open("nio");
                DatagramChannel channel = DatagramChannel.open()) {
            assertHasASection(() -> selector.register("no source", 1));
            assertHasASection(() -> selector.register(channel, 1));
            channel.configureBlocking(false);
            assertHasASection(() -> selector.register(channel, SelectionKey.OP_WRITE));
            assertHasASection(() -> selector.register(Fd.of(0), 1));
            selector.register(channel, 1);
            assertHasASection(() -> selector.register(channel, 1));
        }
    }

    private static void assertHasASection(Executable fails) throws IOException {
        String message = assertThrows(Exception.class, fails).getMessage();
        assertTrue(
                headings().stream()
                        .map(heading -> Stream.of(heading.split("…", -1))
                                .map(Pattern::quote)
                                .collect(Collectors.joining(".*")))
                        .anyMatch(heading -> Pattern.compile(heading, Pattern.DOTALL)
                                .matcher(message)
                                .find()),
                message);
    }

    private static List<String> headings() throws IOException {
        Matcher headings = HEADING.matcher(Files.readString(ROOT.resolve("docs/troubleshooting.md")));
        List<String> found = new ArrayList<>();
        while (headings.find()) {
            found.add(headings.group(1).replaceFirst(": …$", ""));
        }
        return found;
    }

    /** Every first literal of a call of a logger, with its placeholders as the page has them. */
    private static Set<String> logged() throws IOException {
        Set<String> messages = new TreeSet<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.filter(
                            path -> path.getFileName().toString().startsWith("runtime-"))
                    .toList()) {
                try (Stream<Path> sources = Files.walk(module.resolve("src/main/java"))) {
                    for (Path source : sources.filter(path -> path.toString().endsWith(".java"))
                            .toList()) {
                        LOGGED.matcher(Files.readString(source))
                                .results()
                                .forEach(match -> messages.add(match.group(1).replace("{}", "…")));
                    }
                }
            }
        }
        return messages;
    }
}
