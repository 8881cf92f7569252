package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.Selectors;
import dev.pollux.ffm.Children;
import dev.pollux.ffm.file.TcpListener;
import dev.pollux.ffm.file.TcpStream;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process does from its start to the first event, counted in a process of its own. */
@EnabledOnOs(OS.LINUX)
class StartTest {

    private static final String TRIAL =
            "mmap mmap mmap epoll_create1 eventfd epoll_ctl eventfd eventfd eventfd write write "
                    + "epoll_ctl epoll_ctl epoll_ctl epoll_wait close close close close close munmap munmap munmap";
    private static final String OPENING = "mmap mmap epoll_create1 eventfd epoll_ctl";
    private static final String EVENT = "epoll_ctl epoll_wait";

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "poll", "select"})
    void theFirstEventTakesOneCallShape(String backend) throws IOException {
        List<String> lines = start(backend);

        assertEquals("(long,long,long,long,long,long,long)long", lines.get(0));
    }

    @Test
    void aServerOnNativeFilesTakesASecondOneForItsErrorNumbers() throws IOException {
        List<String> lines = start("epoll", "serve");

        assertEquals(
                "(MemorySegment,long,long,long,long,long,long,long)long (long,long,long,long,long,long,long)long",
                lines.get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = "epoll")
    void noCallIsMadeThatIsNotNeeded(String backend) throws IOException {
        List<String> lines = start(backend);

        assertEquals(String.join(" ", TRIAL, OPENING, EVENT), lines.get(1));
    }

    private static List<String> start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Started.class.getName()));
        command.addAll(List.of(arguments));
        return Children.output(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT))
                .lines()
                .toList();
    }

    /** Prints the call shapes that were linked and the calls that were made up to the first event. */
    static final class Started {

        private static final TreeSet<String> SHAPES = new TreeSet<>();
        private static final List<String> CALLS = new ArrayList<>();

        private Started() {}

        public static void main(String[] args) throws IOException {
            Libc.interceptor = Started::recorded;
            try (EventSelector selector = Selectors.open(args[0])) {
                // Standard output is writable.
                selector.register(Fd.of(1), Events.WRITE);
                selector.select(Duration.ofSeconds(Long.MAX_VALUE), (key, ready) -> {});
                if (args.length > 1) {
                    serve();
                }
                String calls = String.join(" ", CALLS);
                System.out.println(String.join(" ", SHAPES));
                System.out.println(calls);
            }
        }

        private static void serve() throws IOException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1);
            try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                    TcpStream client = TcpStream.connect(listener.localAddress())) {
                TcpStream accepted = listener.accept();
                while (accepted == null || !client.finishConnect()) {
                    accepted = accepted == null ? listener.accept() : accepted;
                }
                accepted.write(buffer);
                buffer.clear();
                while (client.read(buffer) == 0) {
                    Thread.onSpinWait();
                }
                accepted.close();
            }
        }

        private static MethodHandle recorded(String name, MethodHandle handle) {
            SHAPES.add(handle.type().toString());
            try {
                MethodHandle record = MethodHandles.lookup()
                        .findStatic(Started.class, "record", MethodType.methodType(void.class, String.class));
                return MethodHandles.foldArguments(handle, record.bindTo(name));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(name, e);
            }
        }

        static void record(String name) {
            CALLS.add(name);
        }
    }
}
