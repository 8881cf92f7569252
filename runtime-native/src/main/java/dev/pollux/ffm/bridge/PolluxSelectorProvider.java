package dev.pollux.ffm.bridge;

import dev.pollux.BackendCandidate;
import dev.pollux.Selectors;
import dev.pollux.ffm.internal.ChannelFds;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens selectors of {@code java.nio} that wait on a backend of Pollux. Channels are the JDK's own, and so is all that selectors do
 * but the wait: what a program or a framework can observe is what the JDK's selectors do, apart from two things. A
 * {@link ServerSocketChannel} that is closed frees its port at once and not with the next select. And a selector can be moved to
 * another backend while it is in use, by {@link #swap} and {@link #swapAll}.
 *
 * <p>For a whole JVM: {@code -Djava.nio.channels.spi.SelectorProvider=dev.pollux.ffm.bridge.PolluxSelectorProvider}. For one framework:
 * give an instance to whatever takes a {@link SelectorProvider}. Nothing else activates it.
 *
 * <p>It needs {@code --add-exports java.base/sun.nio.ch=ALL-UNNAMED} ({@code =dev.pollux.ffm} on the module path) and the flag for
 * native access. If a flag is missing or the backend is unavailable, all that it opens is the JDK's own, and one WARN says why.
 *
 * <p><b>Thread:</b> any.
 */
public final class PolluxSelectorProvider extends SelectorProvider {

    private static final Logger log = LoggerFactory.getLogger(PolluxSelectorProvider.class);

    private static final String NIO = "nio";

    private final @Nullable String backend;

    /** Decided with the first call that opens something: a provider of the JVM is made while {@code java.nio} initializes itself. */
    private volatile @Nullable SelectorProvider chosen;

    /**
     * Uses the best backend that watches descriptors of Java channels, unless {@code -Dpollux.backend} or
     * {@code -Dpollux.backend.avoid} decide otherwise, see {@link Selectors}. Does nothing else, and never fails.
     */
    public PolluxSelectorProvider() {
        backend = null;
    }

    /**
     * Uses the backend {@code backend}.
     *
     * @throws IllegalArgumentException if no backend of that name was found; lists the known ones. Also if it is {@code nio},
     *     which waits on a selector of the JDK itself
     */
    public PolluxSelectorProvider(String backend) {
        this.backend = checked(backend);
        List<String> known =
                Selectors.backends().stream().map(BackendCandidate::name).toList();
        if (!known.contains(backend)) {
            throw new IllegalArgumentException(
                    "backend " + backend + " is unknown; known: " + String.join(", ", known));
        }
    }

    /**
     * Moves {@code selector} to another backend. Its keys, its key sets and a select in progress stay as they are.
     *
     * <p>A thread that waits in the selector does it; this method returns when it is done. A thread that runs the action of
     * {@link Selector#select(java.util.function.Consumer)} does it once it returns from that.
     *
     * <p>An interrupt neither ends this nor is lost.
     *
     * @throws IllegalArgumentException if {@code selector} is none of this class's, no backend of that name was found, or it is
     *     {@code nio}
     * @throws ClosedSelectorException if the selector is closed
     * @throws IOException if the backend is unavailable, does not open, or cannot watch a channel; the selector then goes on as it was
     */
    public static void swap(Selector selector, String backend) throws IOException {
        bridged(selector).swap(checked(backend));
    }

    /**
     * Moves every open selector of this class to another backend, each as {@link #swap} does. One that is closed meanwhile is left
     * out. Goes on after a failure.
     *
     * @return the number of selectors moved
     * @throws IllegalArgumentException if no backend of that name was found, or it is {@code nio}
     * @throws IOException the first failure, with the others suppressed
     */
    public static int swapAll(String backend) throws IOException {
        return OpenSelectors.swapAll(checked(backend));
    }

    /**
     * Returns the name of the backend that {@code selector} waits on.
     *
     * @throws IllegalArgumentException if {@code selector} is none of this class's
     * @throws ClosedSelectorException if it is closed
     */
    public static String backend(Selector selector) {
        return bridged(selector).backend();
    }

    /** Returns what is known of each open selector of this class, in no particular order. */
    public static List<SelectorInfo> selectors() {
        return OpenSelectors.list();
    }

    private static OpenSelectors.Bridged bridged(Selector selector) {
        Objects.requireNonNull(selector, "selector");
        if (selector instanceof OpenSelectors.Bridged bridged) {
            return bridged;
        }
        throw new IllegalArgumentException(
                selector + " is a " + selector.getClass().getName()
                        + ", not a selector that a PolluxSelectorProvider opened on a backend; only those can be moved");
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return chosen().openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return chosen().openDatagramChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException {
        return chosen().openPipe();
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        return chosen().openSelector();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return chosen().openServerSocketChannel();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        return chosen().openServerSocketChannel(family);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return chosen().openSocketChannel();
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        return chosen().openSocketChannel(family);
    }

    @Override
    public @Nullable Channel inheritedChannel() throws IOException {
        return chosen().inheritedChannel();
    }

    private SelectorProvider chosen() {
        SelectorProvider present = chosen;
        if (present == null) {
            synchronized (this) {
                present = chosen;
                if (present == null) {
                    present = choose();
                    chosen = present;
                }
            }
        }
        return present;
    }

    private SelectorProvider choose() {
        if (ChannelFds.areKnown()) {
            return BridgeProvider.on(backend);
        }
        log.warn("selectors are the JDK's own, because their classes are not accessible; start the JVM with "
                + "--add-exports java.base/sun.nio.ch={0} --enable-native-access={0}".replace("{0}", module()));
        return JdkProvider.withoutFlag(this);
    }

    private static String module() {
        Module module = PolluxSelectorProvider.class.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    /** Fails for the backend that cannot be meant. Whether there is one of the name at all is known once backends are looked for. */
    static String checked(String backend) {
        if (backend.equals(NIO)) {
            throw new IllegalArgumentException(
                    "backend nio waits on a selector of the JDK; to have those, open selectors without this provider");
        }
        return backend;
    }

    @Override
    public String toString() {
        return "PolluxSelectorProvider[" + (backend == null ? "best backend" : backend) + "]";
    }
}
