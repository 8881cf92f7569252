package dev.pollux.tck.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.tck.probe.LiveThreads;
import dev.pollux.tck.probe.OpenDescriptors;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;

/** Fails a class after whose tests the process has other descriptors open, or other threads alive, than before. */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {

    private static final String RULE = "CLO-2";
    private static final String DESCRIPTORS = "open descriptors";
    private static final String THREADS = "live threads";

    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(LeakCheck.class);

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        warmUp();
        context.getStore(OURS).put(DESCRIPTORS, OpenDescriptors.now());
        context.getStore(OURS).put(THREADS, LiveThreads.now());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (StopsEarly.hasStopped(context)) {
            return; // A broken backend gives nothing back, and the page says what to look at.
        }
        ExtensionContext.Store before = context.getStore(OURS);
        // First the threads: one that is about to end may have something to close.
        check(context, THREADS, () -> before.get(THREADS, LiveThreads.class).assertOthersEnd());
        check(context, DESCRIPTORS, () -> assertEquals(before.get(DESCRIPTORS), OpenDescriptors.now(), DESCRIPTORS));
    }

    private static void check(ExtensionContext context, String what, Runnable assertion) {
        try {
            assertion.run();
        } catch (AssertionFailedError leak) {
            RuleFailure named = RuleFailure.of(leak, RULE);
            RecordsResults.failed(context, what, RULE, named);
            throw named;
        }
    }

    /** Lets the JDK open what it opens once and keeps: the socket behind every close, the source of random names. */
    public static void warmUp() throws IOException {
        Files.delete(Files.createTempFile("pollux", null));
        Pipe pipe = Pipe.open();
        try (Selector selector = Selector.open();
                ServerSocketChannel server = ServerSocketChannel.open().bind(null);
                SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel connection = server.accept();
                Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            selector.selectNow();
            client.shutdownOutput();
            connection.shutdownOutput();
            source.configureBlocking(false);
            sink.configureBlocking(false);
        }
    }
}
