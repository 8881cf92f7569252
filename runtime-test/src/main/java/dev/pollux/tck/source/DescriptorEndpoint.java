package dev.pollux.tck.source;

import dev.pollux.HasFd;
import java.io.Closeable;
import java.io.IOException;
import java.util.function.BiFunction;

/** A descriptor of the kit's own, closed once and no more: by then its number may have another owner. */
final class DescriptorEndpoint implements Endpoint, HasFd, Closeable {

    private final Descriptors calls;
    private final int fd;
    private final DescriptorStream stream;
    private boolean closed;

    /** @param as what operations are done to */
    DescriptorEndpoint(Descriptors calls, int fd, BiFunction<Descriptors, DescriptorEndpoint, DescriptorStream> as) {
        this.calls = calls;
        this.fd = fd;
        this.stream = as.apply(calls, this);
    }

    @Override
    public Object operand() {
        return stream;
    }

    boolean isOpen() {
        return !closed;
    }

    @Override
    public Object fileobj() {
        return this;
    }

    /** Returns the number, also after it was closed: what an object says of itself that was closed behind its back. */
    @Override
    public int fd() {
        return fd;
    }

    @Override
    public int read(byte[] into) throws IOException {
        return calls.read(fd, into);
    }

    @Override
    public int write(byte[] from) throws IOException {
        return calls.write(fd, from);
    }

    @Override
    public void shutdownOutput() throws IOException {
        calls.shutdownOutput(fd);
    }

    @Override
    public void sendUrgent() throws IOException {
        calls.sendUrgent(fd);
    }

    /** Unread data makes a closing socket say so; a pipe shows a hang-up or an error in any case. */
    @Override
    public void reset() throws IOException {
        close();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            calls.close(fd);
        }
    }

    @Override
    public String toString() {
        return "DescriptorEndpoint[fd=" + fd + "]";
    }
}
