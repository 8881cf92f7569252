package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class DemoTourTest {

    private static final InetAddress LOCALHOST = InetAddress.ofLiteral("127.0.0.1");
    private static final int SOON_MILLIS = 10_000;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theTourVisitsEveryBackend() {
        int exitCode = run(false, "--connections", "20", "--seconds", "0.2");

        assertEquals(0, exitCode, () -> out.toString() + err);
        Backends.usable().forEach(backend -> assertTrue(tableRow(backend).matches(".* 20 .* 0"), out::toString));
        assertTrue(
                Pattern.compile(
                                "one server, 20 connections, for 0\\.6 s .*\\R +[1-9].* swaps, .* [1-9].* bytes echoed, 0 bytes lost")
                        .matcher(out.toString())
                        .find(),
                out::toString);
        assertTrue(
                Pattern.compile("descriptors.*: (\\d+) before, \\1 after")
                        .matcher(out.toString())
                        .find(),
                out::toString);
        assertTrue(out.toString().contains("Every byte came back on every backend."), out::toString);
        assertFalse(out.toString().contains("\r"), out::toString);
        assertEquals("", err.toString());
    }

    @Test
    void theTourMayBeOfOneBackend() {
        int exitCode = run(false, "--backend", "nio", "--connections", "1", "--seconds", "0.05");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertEquals(
                1,
                out.toString()
                        .lines()
                        .filter(line -> line.contains("connections for"))
                        .count());
    }

    @Test
    void aTerminalShowsProgress() {
        int exitCode = run(true, "--backend", "nio", "--connections", "1", "--seconds", "0.6");

        assertEquals(0, exitCode, () -> out.toString() + err);
        assertTrue(
                Pattern.compile("\r +[\\d,]+ messages").matcher(out.toString()).find(), out::toString);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
        --seconds soon,          "'--seconds': 'soon'"
        --seconds 0,             "'--seconds': 0.0"
        --seconds -3,            "'--seconds': -3.0"
        --seconds NaN,           "'--seconds': NaN"
        --connections 0,         "'--connections': 0"
        --connections many,      "'--connections': 'many'"
        --serve 70000,           "'--serve': 70000"
        --serve,                 "'--serve'"
        --serve 0 --seconds 3,   "--seconds"
        --backend floppy,        "floppy"
        --backend floppy,        "nio"
        --backend floppy --serve 0, "floppy"
        --fast,                  "'--fast'"
        now,                     "'now'"
        """)
    void wrongArgumentsAreNamedAboveTheUsage(String arguments, String named) {
        int exitCode = run(false, arguments.split(" "));

        assertEquals(2, exitCode);
        assertTrue(err.toString().lines().findFirst().orElse("").contains(named), err::toString);
        assertEquals(
                1,
                err.toString()
                        .lines()
                        .filter(line -> line.startsWith("Usage: "))
                        .count(),
                err::toString);
        assertEquals("", out.toString());
    }

    @ParameterizedTest
    @CsvSource({"--backend absent", "--backend absent --serve 0"})
    void anUnavailableBackendSaysWhy(String arguments) {
        int exitCode = run(false, arguments.split(" "));

        assertEquals(1, exitCode);
        assertEquals(
                "backend absent is unavailable: this kernel has never heard of it",
                err.toString().strip());
    }

    @Test
    void helpListsTheOptions() {
        int exitCode = run(false, "--help");

        assertEquals(0, exitCode);
        for (String option : new String[] {"--serve", "--backend", "--connections", "--seconds"}) {
            assertTrue(out.toString().contains(option), out::toString);
        }
        assertEquals("", err.toString());
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, LOCALHOST)) {
            int exitCode = run(false, "--serve", Integer.toString(taken.getLocalPort()));

            assertEquals(1, exitCode);
            assertTrue(err.toString().contains("port " + taken.getLocalPort()), err::toString);
        }
    }

    @Test
    void servesUntilItIsInterrupted() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        PipedReader printed = new PipedReader();
        PrintWriter printer = new PrintWriter(new PipedWriter(printed), true);
        FutureTask<Integer> serving = new FutureTask<>(
                () -> DemoTour.run(printer, new PrintWriter(err, true), false, "--serve", "0", "--backend", "nio"));
        Thread thread = new Thread(serving, "serving");
        thread.start();
        try {
            String line = new BufferedReader(printed).readLine();
            Matcher told = Pattern.compile("nio .* nc 127\\.0\\.0\\.1 (\\d+)").matcher(line);
            assertTrue(told.matches(), line);
            try (Socket client = new Socket(LOCALHOST, Integer.parseInt(told.group(1)))) {
                client.setSoTimeout(SOON_MILLIS);
                byte[] message = {'h', 'i', '\n'};
                client.getOutputStream().write(message);
                assertArrayEquals(message, client.getInputStream().readNBytes(message.length));

                thread.interrupt();

                assertEquals(0, serving.get(SOON_MILLIS, TimeUnit.MILLISECONDS));
                assertEquals(-1, client.getInputStream().read());
            }
        } finally {
            thread.interrupt();
        }
    }

    private int run(boolean terminal, String... arguments) {
        return DemoTour.run(new PrintWriter(out, true), new PrintWriter(err, true), terminal, arguments);
    }

    private String tableRow(String backend) {
        String table = out.toString().substring(out.toString().lastIndexOf("BACKEND"));
        return table.lines()
                .filter(line -> line.startsWith(backend + " "))
                .findFirst()
                .orElse("no row");
    }
}
