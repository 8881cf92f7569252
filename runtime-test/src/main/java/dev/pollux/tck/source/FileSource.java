package dev.pollux.tck.source;

import dev.pollux.HasFd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A descriptor of an empty file, which the system counts as ready at any time. */
record FileSource(DescriptorEndpoint end) implements WatchedSource {

    static FileSource open(Descriptors calls) throws IOException {
        Path file = Files.createTempFile("pollux", null);
        try {
            return new FileSource(new DescriptorEndpoint(calls, calls.open(file), DescriptorStream::pipeSource));
        } finally {
            // The descriptor keeps it.
            Files.delete(file);
        }
    }

    @Override
    public HasFd fileobj() {
        return end;
    }

    @Override
    public boolean isAlwaysReady() {
        return true;
    }

    @Override
    public void makeReadable() {}

    @Override
    public void drain() {}

    @Override
    public void closeSource() throws IOException {
        end.close();
    }

    @Override
    public void close() throws IOException {
        end.close();
    }
}
