package dev.pollux.tck.source;

import dev.pollux.spi.ConnectionSource;
import dev.pollux.spi.KernelSource;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A listening descriptor of the kit's own, whose connections are descriptors too. */
final class DescriptorListener implements KernelSource, ConnectionSource<Closeable>, Closeable {

    private final Descriptors calls;
    private final DescriptorEndpoint end;

    DescriptorListener(Descriptors calls, int fd) {
        this.calls = calls;
        this.end = new DescriptorEndpoint(calls, fd, DescriptorStream::socket);
    }

    @Override
    public int fd() {
        return end.isOpen() ? end.fd() : -1;
    }

    @Override
    public boolean isSocket() {
        return true;
    }

    @Override
    public @Nullable Closeable accept() throws IOException {
        int fd = calls.accept(end.fd());
        return fd < 0 ? null : accepted(fd);
    }

    @Override
    public Closeable accepted(int fd) {
        return (Closeable) new DescriptorEndpoint(calls, fd, DescriptorStream::socket).operand();
    }

    /** Connects to it and returns the client's end. */
    Endpoint connect() throws IOException {
        return new DescriptorEndpoint(calls, calls.connect(end.fd()), DescriptorStream::socket);
    }

    @Override
    public void close() throws IOException {
        end.close();
    }

    @Override
    public String toString() {
        return "DescriptorListener[fd=" + fd() + "]";
    }
}
