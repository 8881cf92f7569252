package dev.pollux.netty;

import dev.pollux.EventSelector;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens a {@link PolluxIoHandler} for each event loop of a group, and knows those that are open.
 *
 * <p><b>Thread:</b> any.
 */
public final class PolluxIoHandlerFactory implements IoHandlerFactory {

    /** How the selector of a handler is opened. */
    interface Opener {

        EventSelector open() throws IOException;
    }

    private final Opener opener;
    private final Set<PolluxIoHandler> open = ConcurrentHashMap.newKeySet();

    PolluxIoHandlerFactory(Opener opener) {
        this.opener = opener;
    }

    /**
     * Opens a handler for an event loop; Netty calls it.
     *
     * @throws ChannelException if no backend is available or it does not open; the cause says why. Also if it does not watch Java
     *     channels
     * @throws IllegalArgumentException if no backend of that name was found; lists the known ones
     */
    @Override
    public PolluxIoHandler newHandler(ThreadAwareExecutor eventLoop) {
        Objects.requireNonNull(eventLoop, "eventLoop");
        EventSelector selector;
        try {
            selector = opener.open();
        } catch (IOException e) {
            throw new ChannelException("no selector for an event loop", e);
        }
        PolluxIoHandler handler = new PolluxIoHandler(eventLoop, selector, open::remove);
        open.add(handler);
        return handler;
    }

    @Override
    public boolean isChangingThreadSupported() {
        return true;
    }

    /**
     * Moves every event loop of this factory to another backend, each one between two of its turns. Channels stay as they are and no
     * event is lost. A loop that was not started yet is started for it; one that ends meanwhile is left out.
     *
     * @return the number of loops moved, once all are; or fails with the first failure, after which that loop goes on as it was: an
     *     {@link IllegalArgumentException} if no backend of that name was found, a {@link
     *     dev.pollux.BackendUnavailableException} if it is not available, an {@link IOException} if it does not open, and others
     *     if it cannot watch a channel
     */
    public CompletableFuture<Integer> swap(String backend) {
        Objects.requireNonNull(backend, "backend");
        CompletableFuture<Integer> moved = CompletableFuture.completedFuture(0);
        for (PolluxIoHandler handler : open) {
            moved = moved.thenCombine(handler.swap(backend), (count, one) -> one ? count + 1 : count);
        }
        return moved;
    }

    /** Returns the name of the backend of each event loop, in no particular order. */
    public List<String> backends() {
        return open.stream().map(PolluxIoHandler::backend).toList();
    }
}
