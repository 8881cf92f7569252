package dev.pollux.operation;

import dev.pollux.internal.loop.LoopCore;
import dev.pollux.spi.PositionalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a file where no kernel does it by itself: files are always ready, and to use them may block, so another
 * thread does.
 */
final class FileWork {

    private final LoopCore core;
    private final Operation operation;
    private final PositionalFile file;
    private int result;
    private @Nullable Throwable failure;

    private FileWork(LoopCore core, Operation operation) {
        this.core = core;
        this.operation = operation;
        this.file = Objects.requireNonNull(operation.operations.source.file);
    }

    /** Hands {@code operation} to the executor for what blocks. */
    static void begin(LoopCore core, Operation operation) {
        FileWork work = new FileWork(core, operation);
        core.work().offload(() -> {
            work.run();
            return null;
        });
    }

    private void run() {
        try {
            result = work();
        } catch (Throwable e) {
            failure = e;
        }
        if (!core.work().post(this::back)) {
            // The loop ends, and the buffer is the caller's only from now on.
            operation.operations.all.onceEnded(this::back);
        }
    }

    private int work() throws IOException {
        ByteBuffer buffer = operation.buffer;
        switch (operation.kind) {
            case READ -> {
                ByteBuffer into = Objects.requireNonNull(buffer);
                int count = 1;
                while (count > 0 && into.hasRemaining() && operation.endReason == null) {
                    count = readMore(into);
                }
                return operation.moved() == 0 ? -1 : operation.moved();
            }
            case WRITE -> {
                ByteBuffer from = Objects.requireNonNull(buffer);
                while (from.hasRemaining() && operation.endReason == null) {
                    if (file.write(from, operation.offset + operation.moved()) == 0) {
                        throw new IOException(file + " takes none of the bytes of " + operation);
                    }
                }
                return operation.moved();
            }
            default -> {
                file.force(operation.kind == Kind.SYNC);
                return 0;
            }
        }
    }

    /** Returns as a read does. What was read before a failure is the outcome: the next read fails. */
    private int readMore(ByteBuffer into) throws IOException {
        try {
            return file.read(into, operation.offset + operation.moved());
        } catch (IOException failed) {
            if (operation.moved() == 0) {
                throw failed;
            }
            return 0;
        }
    }

    private void back() {
        Throwable failed = failure;
        if (failed == null && operation.endReason != null && isUndone()) {
            failed = operation.endReason;
        }
        if (failed == null) {
            operation.finish(result, AbstractOperation.Call.GUARDED);
        } else {
            operation.fail(failed, AbstractOperation.Call.GUARDED);
        }
    }

    private boolean isUndone() {
        return operation.kind == Kind.WRITE
                && Objects.requireNonNull(operation.buffer).hasRemaining();
    }
}
