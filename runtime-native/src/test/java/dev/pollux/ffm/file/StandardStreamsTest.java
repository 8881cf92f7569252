package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.ffm.Children;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM of its own: the streams of this one belong to the test runner. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class StandardStreamsTest {

    @TempDir
    private Path directory;

    @Test
    void aPipeIsWatchedAndStaysInItsMode() throws Exception {
        Process child = program().start();
        child.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
        child.getOutputStream().flush();
        assertEquals("empty 0 blocking\n", read(child, 17));
        assertEquals("hello\n", read(child, 6));

        child.getOutputStream().write("quit\n".getBytes(StandardCharsets.US_ASCII));
        child.getOutputStream().close();

        assertEquals("quit\nend blocking\n", read(child, 18));
        String errors = new String(child.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertTrue(errors.endsWith("StandardStreams.Output[fd 2, standard error]\n"), errors);
        assertEquals(0, Children.end(child));
    }

    @Test
    void epollRefusesWhatIsAlwaysReadyWithTheWayOut() throws Exception {
        Path file = Files.writeString(directory.resolve("input"), "from a file\n");
        for (Path input : List.of(file, Path.of("/dev/null"))) {
            String told = Children.output(program().redirectInput(input.toFile()));

            assertTrue(told.contains("EPERM, epoll cannot watch regular files, directories or /dev/null"), told);
            assertTrue(told.contains("read them directly"), told);
            assertTrue(told.endsWith(input.equals(file) ? "read 12\n" : "read -1\n"), told);
        }
    }

    private static ProcessBuilder program() {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName());
    }

    private static String read(Process child, int bytes) throws IOException {
        return new String(child.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    /** Writes back what it reads. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1024);
            StandardStreams.Output out = StandardStreams.out();
            try (EventLoop loop = EventLoop.builder().backend("epoll").open();
                    StandardStreams.Input in = StandardStreams.in();
                    StandardStreams.Output err = StandardStreams.err()) {
                loop.register(in, Events.READ, (key, ready) -> {
                    if (in.read(buffer.clear()) < 0) {
                        loop.stop();
                    } else {
                        out.write(buffer.flip());
                    }
                });
                out.write(Bytes.of("empty " + out.write(ByteBuffer.allocateDirect(0)) + " " + mode() + "\n"));
                loop.run();
                out.write(Bytes.of("end " + mode() + "\n"));
                err.write(Bytes.of(err + "\n"));
            } catch (IOException refused) {
                out.write(Bytes.of(refused.getMessage() + "\n"));
                out.write(Bytes.of("read " + StandardStreams.in().read(buffer.clear()) + "\n"));
            }
            if (TestLibc.fcntl(0, TestLibc.F_GETFD, 0) < 0) {
                throw new AssertionError("standard input was closed");
            }
        }

        private static String mode() {
            int flags = TestLibc.fcntl(0, TestLibc.F_GETFL, 0) | TestLibc.fcntl(1, TestLibc.F_GETFL, 0);
            return (flags & TestLibc.O_NONBLOCK) == 0 ? "blocking" : "non-blocking";
        }
    }
}
