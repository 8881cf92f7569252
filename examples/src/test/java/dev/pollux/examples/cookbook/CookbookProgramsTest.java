package dev.pollux.examples.cookbook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipes as programs, each in a JVM of its own. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class CookbookProgramsTest {

    private static final int SOON_MILLIS = 10_000;

    @TempDir
    private Path folder;

    @Test
    void aLineThatHasBegunBeforeSigtermIsAnsweredAfterIt() throws Exception {
        try (Program program = new Program("GracefulStop", "0")) {
            int port = program.port();
            try (Socket inFlight = connect(port);
                    Socket idle = connect(port)) {
                write(idle, "all\n");
                assertEquals("all\n", read(idle, 4));
                write(inFlight, "first\nsec");
                assertEquals("first\n", read(inFlight, 6));

                program.signal("TERM");

                assertEquals("stopping", program.out.readLine());
                assertEquals("", readAll(idle));
                assertThrows(ConnectException.class, () -> connect(port).close());
                write(inFlight, "ond\n");
                assertEquals("second\n", readAll(inFlight));
            }
            assertEquals("0 left at the deadline", program.out.readLine());
            assertTrue(program.process.waitFor(SOON_MILLIS, TimeUnit.MILLISECONDS));
            assertEquals(0, program.process.exitValue());
        }
    }

    @Test
    void sighupHasTheFileReadAgain() throws Exception {
        Path file = Files.writeString(folder.resolve("greeting"), "good morning");
        try (Program program = new Program("Signals", "0", file.toString())) {
            int port = program.port();
            assertEquals("loaded " + file, program.out.readLine());
            assertEquals("good morning", readAll(port));

            Files.writeString(file, "good evening");
            assertEquals("good morning", readAll(port));
            program.signal("HUP");
            assertEquals("loaded " + file, program.out.readLine());
            assertEquals("good evening", readAll(port));

            program.signal("USR1");
            String dump = program.out.readLine();
            assertTrue(dump.startsWith("pollux-loop-1, backend="), dump);
            program.signal("INT");
            assertTrue(program.process.waitFor(SOON_MILLIS, TimeUnit.MILLISECONDS));
            assertEquals(0, program.process.exitValue());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio", "io_uring"})
    void aFileIsSentToEachClient(String backend) throws Exception {
        byte[] content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        Path file = Files.write(folder.resolve("content"), content);
        try (Program program = new Program(List.of("-Dpollux.backend=" + backend), "SendFile", "0", file.toString())) {
            int port = program.port();
            try (Socket late = connect(port);
                    Socket other = connect(port)) {
                other.shutdownOutput();
                assertArrayEquals(content, other.getInputStream().readAllBytes());
                assertArrayEquals(content, late.getInputStream().readAllBytes());
            }
        }
    }

    @Test
    void aCommandIsRun() throws Exception {
        try (Program program = new Program("ChildProcess", "sh", "-c", "echo hello; exit 3")) {
            assertEquals("hello", program.out.readLine());
            assertEquals("exit code 3", program.out.readLine());
            assertTrue(program.process.waitFor(SOON_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(SOON_MILLIS);
        return client;
    }

    private static void write(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(Socket client, int bytes) throws IOException {
        return new String(client.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    private static String readAll(Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    private static String readAll(int port) throws IOException {
        try (Socket client = connect(port)) {
            return readAll(client);
        }
    }

    /** A recipe that runs. */
    private static final class Program implements AutoCloseable {

        final Process process;
        final BufferedReader out;

        Program(String name, String... arguments) throws IOException {
            this(List.of(), name, arguments);
        }

        Program(List<String> options, String name, String... arguments) throws IOException {
            // Under nohup(1), and in the background of a script, it would ignore signals that the test sends.
            List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP,INT,TERM,USR1"));
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path")));
            command.addAll(options);
            command.add("dev.pollux.examples.cookbook." + name);
            command.addAll(List.of(arguments));
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            out = process.inputReader(StandardCharsets.UTF_8);
        }

        /** Returns the port that the program says. */
        int port() throws IOException {
            String line = out.readLine();
            assertTrue(line != null && line.startsWith("listens on "), line);
            return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
        }

        void signal(String name) throws IOException, InterruptedException {
            assertEquals(
                    0,
                    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                            .inheritIO()
                            .start()
                            .waitFor());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
