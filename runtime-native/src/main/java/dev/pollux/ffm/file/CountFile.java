package dev.pollux.ffm.file;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.EventFd;
import dev.pollux.ffm.sys.ReadWrite;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;

/** A descriptor that is read as one number of eight bytes: how often something has happened since the last time. */
abstract class CountFile extends NativeFile {

    static final long ROOM_BYTES = JAVA_LONG.byteSize();

    CountFile(OpeningFile opening, String subject) {
        super(opening, subject);
    }

    static OpeningFile openEventFd(int initialCount) throws IOException {
        OpeningFile opening = new OpeningFile(ROOM_BYTES);
        try {
            int flags = EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK;
            return opening.opened("eventfd", EventFd.eventfd(initialCount, flags, opening.errno()));
        } catch (Throwable refused) {
            opening.close();
            throw refused;
        }
    }

    /** Returns the count, which then is 0 again. */
    final long takeCount() throws IOException {
        int fd = begin();
        try {
            int result = ReadWrite.read(fd, MemorySegment.NULL, room().address(), (int) ROOM_BYTES, errno());
            if (result == -Errno.EAGAIN) {
                return 0;
            }
            check("read", result);
            return room().get(JAVA_LONG, 0);
        } finally {
            end();
        }
    }

    /** Adds to the count of an eventfd and returns whether it fitted. Uses no memory, so any thread may. */
    final boolean addCount(long count) throws ClosedChannelException {
        int fd = begin();
        try {
            return EventFd.write(fd, count) == 0;
        } finally {
            end();
        }
    }
}
