package dev.pollux.internal.selector;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.NativeIOException;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedEventsException;
import dev.pollux.UnsupportedSourceException;
import dev.pollux.internal.discovery.BackendCatalog;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.Set;

/** What may be registered, and the message if it may not: what, which value, and the way out. Changes nothing. */
final class RegistrationChecks {

    /** The same number on every system that has the name. */
    private static final int EINVAL = 22;

    private static final int NIO_OPERATIONS = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT | SelectionKey.OP_ACCEPT;

    private final BackendCatalog catalog;

    RegistrationChecks(BackendCatalog catalog) {
        this.catalog = catalog;
    }

    /** Fails for bits that cannot be asked for, and for modes without a direction. */
    static void checkBits(int events) {
        int unknown = events & ~(Events.DIRECTIONS | Events.MODES);
        if (unknown != 0) {
            throw new IllegalArgumentException("events " + Events.toString(events) + ": " + Events.toString(unknown)
                    + " cannot be asked for; " + wayOut(unknown));
        }
        if (events != Events.NONE && (events & Events.DIRECTIONS) == 0) {
            throw new IllegalArgumentException("events " + Events.toString(events)
                    + ": a mode without a direction reports nothing; add READ, WRITE or PRIORITY, or use NONE to keep the"
                    + " registration without watching");
        }
    }

    /** The bits of java.nio's other operations stay free in {@link Events}, so that they can be recognized here. */
    private static String wayOut(int unknown) {
        return switch (unknown) {
            case SelectionKey.OP_WRITE -> "it looks like SelectionKey.OP_WRITE; use Events.WRITE";
            case SelectionKey.OP_CONNECT ->
                "it looks like SelectionKey.OP_CONNECT; use Events.WRITE, which on a connecting channel means that the"
                        + " connect has finished";
            case SelectionKey.OP_ACCEPT ->
                "it looks like SelectionKey.OP_ACCEPT; use Events.READ, which on a ServerSocketChannel means accept";
            default ->
                (unknown & ~NIO_OPERATIONS) == 0
                        ? "it looks like operations of SelectionKey; use the constants of Events"
                        : "use READ, WRITE and PRIORITY, with EDGE and ONESHOT added if wanted";
        };
    }

    /** Fails for events for which a backend with the capabilities {@code offered} lacks one. */
    void checkEvents(int events, Set<Capability> offered, String backend) {
        if ((events & Events.EDGE) != 0 && !offered.contains(Capability.EDGE)) {
            throw unsupportedEvents(events, backend, Capability.EDGE);
        }
        if ((events & Events.PRIORITY) != 0 && !offered.contains(Capability.PRIORITY)) {
            throw unsupportedEvents(events, backend, Capability.PRIORITY);
        }
    }

    private UnsupportedEventsException unsupportedEvents(int events, String backend, Capability missing) {
        return new UnsupportedEventsException(
                "events " + Events.toString(events) + ": " + lack(backend, missing), missing);
    }

    /**
     * Returns the descriptor of a source, or −1 for a channel that no backend knows it of.
     *
     * @throws ClosedSourceException if the source is a closed channel
     */
    int descriptor(Object fileobj) throws IOException {
        if (fileobj instanceof HasFd source) {
            int fd = source.fd();
            if (fd < 0) {
                throw new IllegalArgumentException(
                        fileobj + " has the descriptor " + fd + "; register it while it is open");
            }
            return fd;
        }
        if (fileobj instanceof SelectableChannel channel) {
            if (!channel.isOpen()) {
                throw new ClosedSourceException(fileobj + " is closed; register it while it is open");
            }
            return catalog.descriptor(channel);
        }
        throw new UnsupportedSourceException(
                fileobj + " is a " + fileobj.getClass().getName()
                        + ", which has no descriptor; register a SelectableChannel, an object that implements HasFd, or "
                        + "a number as Fd.of(number)",
                Capability.DESCRIPTORS);
    }

    /** Fails for a source that a backend with the capabilities {@code offered} cannot watch. */
    void checkSource(Object fileobj, int fd, Set<Capability> offered, String backend) {
        Capability needed = fileobj instanceof HasFd ? Capability.DESCRIPTORS : Capability.JAVA_CHANNELS;
        if (!offered.contains(needed)) {
            throw new UnsupportedSourceException(describe(fileobj, fd) + ": " + lack(backend, needed), needed);
        }
        if (fd < 0 && offered.contains(Capability.DESCRIPTORS)) {
            // A backend that watches descriptors watches channels by theirs.
            throw new UnsupportedSourceException(
                    "the descriptor of " + fileobj + " is unknown, and backend " + backend
                            + " needs it; register a channel of the JDK, or an object that implements HasFd",
                    Capability.DESCRIPTORS);
        }
    }

    private String lack(String backend, Capability missing) {
        return "backend " + backend + " lacks the capability " + missing + "; " + catalog.wayTo(missing, backend);
    }

    /** Fails where java.nio would: its rules for channels hold on every backend. */
    static void checkOperations(Object fileobj, int events) {
        if (!(fileobj instanceof SelectableChannel channel) || fileobj instanceof HasFd) {
            return;
        }
        if (channel.isOpen() && channel.isBlocking()) {
            throw new BlockingSourceException(fileobj + " is in blocking mode; call configureBlocking(false) first");
        }
        int unfit = events & Events.DIRECTIONS & ~(directions(channel) | Events.PRIORITY);
        if (unfit != 0) {
            throw new IllegalArgumentException("events " + Events.toString(events) + ": " + Events.toString(unfit)
                    + " does not fit " + fileobj + ", which can be watched for "
                    + Events.toString(directions(channel)));
        }
    }

    private static int directions(SelectableChannel channel) {
        int ops = channel.validOps();
        return ((ops & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0 ? Events.READ : 0)
                | ((ops & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0 ? Events.WRITE : 0);
    }

    /** Returns a direction for which a source can be tried out. */
    static int anyDirection(Object fileobj) {
        return fileobj instanceof SelectableChannel channel && !(fileobj instanceof HasFd)
                ? Integer.lowestOneBit(directions(channel))
                : Events.READ;
    }

    /**
     * Fails for the descriptor of the selector itself, as a backend does for others of its own: a number that a closed file
     * had may have become one of those.
     */
    static void checkNotOwn(int fd, int own) throws NativeIOException {
        if (fd >= 0 && fd == own) {
            throw new NativeIOException(
                    "register", fd, EINVAL, "EINVAL", "the selector cannot watch descriptors of its own");
        }
    }

    /**
     * Fails for a source that is known to be closed, before it is watched for something else.
     *
     * @throws ClosedSourceException if a channel is closed, or an object has no descriptor any more
     */
    static void checkOpen(Object fileobj) throws ClosedSourceException {
        boolean open = fileobj instanceof HasFd source
                ? source.fd() >= 0
                : !(fileobj instanceof SelectableChannel channel) || channel.isOpen();
        if (!open) {
            throw new ClosedSourceException(fileobj + " is closed; unregister it");
        }
    }

    /** Returns whether a backend says by {@code failure} that the source is closed. */
    static boolean isGone(Exception failure) {
        return failure instanceof ClosedChannelException
                || (failure instanceof NativeIOException e
                        && (e.errnoName().equals("EBADF") || e.errnoName().equals("ENOENT")));
    }

    static AlreadyRegisteredException alreadyRegistered(Object fileobj, SelectorKey present) {
        String what = present.fileobj() == fileobj
                ? describe(fileobj, present.fd()) + " is registered already for " + Events.toString(present.events())
                : describe(fileobj, present.fd()) + " names the descriptor under which " + present.fileobj()
                        + " is registered";
        return new AlreadyRegisteredException(what + "; modify or unregister that one");
    }

    static String describe(Object fileobj, int fd) {
        return fd < 0 || fileobj instanceof Fd ? fileobj.toString() : fileobj + " (fd " + fd + ")";
    }
}
