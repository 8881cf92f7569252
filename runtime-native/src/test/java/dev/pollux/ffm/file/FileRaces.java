package dev.pollux.ffm.file;

import dev.pollux.ffm.sys.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * What may and what must not happen when a native file is closed while threads use it. Each result has how often its
 * descriptor was closed, and the calls that met a closed descriptor or were inside one when it was closed.
 */
final class FileRaces {

    private FileRaces() {}

    /** Two threads close. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "closed once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "not closed exactly once")
    @State
    public static class ACloseMeetsAClose extends OneFile {

        @Actor
        public void closer() {
            file.close();
        }

        @Actor
        public void otherCloser() {
            file.close();
        }

        @Arbiter
        public void count(II_Result r) {
            countInto(r);
        }
    }

    /** One thread writes, another closes. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "closed once, before the call or after it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "not closed exactly once, or in a call")
    @State
    public static class ACloseMeetsAWrite extends OneFile {

        @Actor
        public void writer() {
            write();
        }

        @Actor
        public void closer() {
            file.close();
        }

        @Arbiter
        public void count(II_Result r) {
            countInto(r);
        }
    }

    /** Two threads use the file, and one of them closes it. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "closed once, in no call")
    @Outcome(expect = Expect.FORBIDDEN, desc = "not closed exactly once, or in a call")
    @State
    public static class AReadAndACloseMeetWrites extends OneFile {

        @Actor
        public void writer() {
            write();
            write();
        }

        @Actor
        public void reader() {
            read();
            file.close();
        }

        @Arbiter
        public void count(II_Result r) {
            countInto(r);
        }
    }

    /** A file that counts in place of the kernel: a real descriptor each would soon be too many. */
    abstract static class OneFile {

        private static final MemorySegment BYTE = Arena.global().allocate(1);

        final CountingFile file = new CountingFile();

        final void write() {
            try {
                file.writeFrom(BYTE);
            } catch (ClosedChannelException closedMeanwhile) {
                return;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        final void read() {
            try {
                file.readInto(BYTE);
            } catch (ClosedChannelException closedMeanwhile) {
                return;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        final void countInto(II_Result r) {
            r.r1 = file.closes.get();
            r.r2 = file.late.get();
        }
    }

    static final class CountingFile extends NativeFile {

        /** Of no open file. */
        private static final int NUMBER = Integer.MAX_VALUE;

        private final AtomicInteger closes = new AtomicInteger();
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger late = new AtomicInteger();

        CountingFile() {
            super(NUMBER, new Scratch(0), "");
        }

        @Override
        int receive(int fd, MemorySegment target, long at, int count, Errno errno) {
            return call();
        }

        @Override
        int transmit(int fd, MemorySegment source, long at, int count, Errno errno) {
            return call();
        }

        private int call() {
            inside.incrementAndGet();
            if (closes.get() > 0) {
                late.incrementAndGet();
            }
            inside.decrementAndGet();
            return 1;
        }

        @Override
        void closeDescriptor(int fd, Errno errno) {
            closes.incrementAndGet();
            late.addAndGet(inside.get());
        }
    }
}
