package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.ffm.Children;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.SignalHandle;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** With WINCH, which does nothing to whoever does not take it, and which the JVM leaves alone. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SignalSourceTest {

    @Test
    void aSignalIsReadyToRead() throws Exception {
        try (SignalSource source = SignalSource.open("SIGWINCH")) {
            assertEquals(0, source.take());
            assertEquals(Events.NONE, Bytes.poll(source, Events.READ));

            kill();

            assertEquals(Events.READ, Bytes.await(source, Events.READ));
            assertEquals(1, source.take());
            assertEquals("SignalSource[fd " + source.fd() + ", SIGWINCH]", source.toString());
        }
    }

    @Test
    void eachSourceGetsIt() throws Exception {
        SignalSource first = SignalSource.open("WINCH");
        try (SignalSource second = SignalSource.open("WINCH")) {
            kill();

            Bytes.await(first, Events.READ);
            Bytes.await(second, Events.READ);
            assertEquals(1, first.take());
            assertEquals(1, second.take());
            first.close();
            kill();
            Bytes.await(second, Events.READ);
            assertEquals(1, second.take());
        }
    }

    @Test
    void theHandlerBeforeComesBack() throws IOException {
        SignalHandler before = signal -> {};
        SignalHandler original = Signal.handle(new Signal("WINCH"), before);

        SignalSource first = SignalSource.open("WINCH");
        SignalSource second = SignalSource.open("WINCH");
        first.close();
        second.close();

        assertSame(before, Signal.handle(new Signal("WINCH"), original));
    }

    @Test
    void codeThatTookTheSignalLaterKeepsIt() throws IOException {
        SignalHandler later = signal -> {};
        SignalHandler original = Signal.handle(new Signal("WINCH"), SignalHandler.SIG_DFL);
        SignalSource source = SignalSource.open("WINCH");
        Signal.handle(new Signal("WINCH"), later);

        source.close();

        assertSame(later, Signal.handle(new Signal("WINCH"), original));
    }

    @Test
    void signalsThatCannotBeTakenFail() {
        Map<Integer, String> before = OpenFiles.now();

        IllegalArgumentException unknown =
                assertThrows(IllegalArgumentException.class, () -> SignalSource.open("NOSUCH"));
        IllegalArgumentException reserved =
                assertThrows(IllegalArgumentException.class, () -> SignalSource.open("SEGV"));

        assertTrue(unknown.getMessage().startsWith("SIGNOSUCH cannot be listened to: "), unknown.getMessage());
        assertTrue(reserved.getMessage().contains("used by VM or OS"), reserved.getMessage());
        assertEquals(before, OpenFiles.now());
    }

    /** A loop and a source share one handler, whichever of them leaves first. */
    @Test
    void aLoopThatStopsListeningLeavesASourceItsSignal() throws Exception {
        SignalHandler before = signal -> {};
        SignalHandler original = Signal.handle(new Signal("WINCH"), before);
        try (EventLoop loop = EventLoop.builder().backend("epoll").open()) {
            SignalHandle handle = loop.onSignal("WINCH", () -> {});
            SignalSource source = SignalSource.open("WINCH");
            handle.close();

            kill();

            Bytes.await(source, Events.READ);
            assertEquals(1, source.take());
            source.close();
        }
        assertSame(before, Signal.handle(new Signal("WINCH"), original));
    }

    /** The one who took it after us gives it back to us, and by then no one listens. */
    @Test
    void aSignalThatIsPutBackLateGoesToTheHandlerBefore() throws Exception {
        CompletableFuture<Void> heard = new CompletableFuture<>();
        SignalHandler original = Signal.handle(new Signal("WINCH"), signal -> heard.complete(null));
        SignalSource source = SignalSource.open("WINCH");
        SignalHandler ours = Signal.handle(new Signal("WINCH"), signal -> {});
        source.close();
        Signal.handle(new Signal("WINCH"), ours);

        kill();

        heard.get(Bytes.SOON.toSeconds(), TimeUnit.SECONDS);
        Signal.handle(new Signal("WINCH"), original);
    }

    @Test
    void twoNamesOfOneSignalAreOne() throws Exception {
        SignalHandler before = signal -> {};
        SignalHandler original = Signal.handle(new Signal("CHLD"), before);
        SignalSource first = SignalSource.open("CHLD");
        SignalSource second = SignalSource.open("CLD");

        first.close();
        Signal.raise(new Signal("CHLD"));

        Bytes.await(second, Events.READ);
        second.close();
        assertSame(before, Signal.handle(new Signal("CHLD"), original));
    }

    private static void kill() throws IOException, InterruptedException {
        String pid = Long.toString(ProcessHandle.current().pid());
        assertEquals(0, Children.end(new ProcessBuilder("kill", "-WINCH", pid).start()));
    }
}
