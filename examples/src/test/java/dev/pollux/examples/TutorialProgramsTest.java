package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tutorial servers as programs, each in a JVM of its own. */
@Timeout(120)
class TutorialProgramsTest {

    private static final Pattern PORT = Pattern.compile("(.*) listens on port (\\d+); .*");

    @ParameterizedTest
    @CsvSource({
        "CallbackEcho, --port 0 --backend nio, nio",
        "UpperCaseServer, --port 0 --backend nio, nio",
        "QueuedEcho, --port 0 --backend nio, nio",
        "EventQueueServer, --port 0 --backend nio, nio",
        "CoroutineEcho, --port 0 --backend nio, nio",
        "WorkerGroupEcho, --port 0 --backend nio --workers 2 --max-connections 3, nio",
        "SelectStyleEcho, 0, select style",
        "ThreadPerConnectionEcho, 0, a thread per connection",
        "ThreadPerConnectionEcho, 0 virtual, a thread per connection",
        "BusyPollEcho, 0, busy polling"
    })
    void saysWhereItListensAndAnswers(String program, String arguments, String what) throws IOException {
        try (Program running = new Program(program, Redirect.PIPE, arguments.split(" "));
                Socket client = running.connect(what)) {
            byte[] message = "HELLO\n".getBytes(StandardCharsets.US_ASCII);
            Clients.write(client, message);
            assertArrayEquals(message, Clients.read(client, message.length));
        }
    }

    @Test
    void anUnknownBackendIsNamed() throws Exception {
        try (Program running = new Program("QueuedEcho", Redirect.PIPE, "--backend", "floppy")) {
            assertTrue(running.process.waitFor(60, TimeUnit.SECONDS));
            String errors = new String(running.process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

            assertEquals(1, running.process.exitValue());
            assertTrue(errors.contains("floppy") && errors.contains("nio"), errors);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void sigtermEndsTheChat() throws Exception {
        try (Program chat = new Program("ChatServer", Redirect.PIPE, "0")) {
            String line = chat.out.readLine();
            assertTrue(line.startsWith("listens on "), line);
            int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
            try (Socket guest = Clients.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                Clients.write(guest, "hello\n".getBytes(StandardCharsets.US_ASCII));
                byte[] expected = "1 joins\n1: hello\n".getBytes(StandardCharsets.US_ASCII);
                assertArrayEquals(expected, Clients.read(guest, expected.length));

                chat.process.toHandle().destroy(); // SIGTERM

                assertEquals(-1, guest.getInputStream().read());
            }
            assertTrue(chat.process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, chat.process.exitValue());
        }
    }

    /** A program that runs. */
    private static final class Program implements AutoCloseable {

        final Process process;
        final BufferedReader out;

        Program(String name, Redirect input, String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.pollux.examples." + name));
            command.addAll(List.of(arguments));
            process = new ProcessBuilder(command).redirectInput(input).start();
            out = process.inputReader(StandardCharsets.UTF_8);
        }

        /** Connects to where it says that it listens. */
        Socket connect(String what) throws IOException {
            String line = out.readLine();
            assertTrue(line != null, "it says nothing");
            Matcher told = PORT.matcher(line);
            assertTrue(told.matches() && told.group(1).equals(what), line);
            return Clients.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(told.group(2))));
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
