package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Linker;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ErrnoTest {

    @Test
    void namesAreThoseOfLinux() {
        List<String> names = Errno.names("Linux");

        assertEquals("EPERM", names.get(1 - 1));
        assertEquals("EAGAIN", names.get(11 - 1));
        assertEquals("ERANGE", names.get(34 - 1));
        assertEquals("ENOSYS", names.get(38 - 1));
        assertEquals("ELOOP", names.get(40 - 1));
        assertEquals("ENOTSOCK", names.get(88 - 1));
        assertEquals("EOPNOTSUPP", names.get(95 - 1));
        assertEquals("ECONNREFUSED", names.get(111 - 1));
        assertEquals("EHWPOISON", names.get(133 - 1));
        assertEquals(133, names.size());
    }

    @Test
    void namesOfTheBsdsDifferAbove34() {
        List<String> names = Errno.names("FreeBSD");

        assertEquals("EDEADLK", names.get(11 - 1));
        assertEquals("ERANGE", names.get(34 - 1));
        assertEquals("EAGAIN", names.get(35 - 1));
        assertEquals("EOPNOTSUPP", names.get(45 - 1));
        assertEquals("ECONNREFUSED", names.get(61 - 1));
        assertEquals("ELOOP", names.get(62 - 1));
        assertEquals("ENOSYS", names.get(78 - 1));
        assertEquals(78, names.size());
    }

    @Test
    void macosTellsTwoKindsOfUnsupportedApart() {
        List<String> names = Errno.names("Mac OS X");

        assertEquals("ENOTSUP", names.get(45 - 1));
        assertEquals("ENOSYS", names.get(78 - 1));
        assertEquals("ECANCELED", names.get(89 - 1));
        assertEquals("EOPNOTSUPP", names.get(102 - 1));
        assertEquals("EQFULL", names.get(106 - 1));
        assertEquals(106, names.size());
    }

    @Test
    void nonBlockingIsABitOfItsOwnOnEachSystem() {
        assertEquals(0x800, Fcntl.nonBlockOf("Linux"));
        assertEquals(0x80, Fcntl.nonBlockOf("SunOS"));
        assertEquals(0x4, Fcntl.nonBlockOf("Mac OS X"));
        assertEquals(0x4, Fcntl.nonBlockOf("NetBSD"));
    }

    @Test
    void eachThreadHasOneOfItsOwn() throws Exception {
        FutureTask<Errno> other = new FutureTask<>(Errno::ofThread);
        new Thread(other).start();

        assertSame(Errno.ofThread(), Errno.ofThread());
        assertNotSame(Errno.ofThread(), other.get());
        assertNotEquals(Errno.ofThread().state().address(), other.get().state().address());
    }

    @Test
    void unknownNumbersAreNamedByNumber() {
        assertEquals("errno 0", Errno.name(0));
        assertEquals("errno 4711", Errno.name(4711));
        assertEquals("errno -1", Errno.name(-1));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void holesAreNamedByNumber() {
        assertEquals("errno 41", Errno.name(41));
        assertEquals("errno 58", Errno.name(58));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void constantsAreThoseOfTheHeader() {
        assertEquals(1, Errno.EPERM);
        assertEquals(2, Errno.ENOENT);
        assertEquals(4, Errno.EINTR);
        assertEquals(9, Errno.EBADF);
        assertEquals(11, Errno.EAGAIN);
        assertEquals(12, Errno.ENOMEM);
        assertEquals(17, Errno.EEXIST);
        assertEquals(22, Errno.EINVAL);
        assertEquals(23, Errno.ENFILE);
        assertEquals(24, Errno.EMFILE);
        assertEquals(28, Errno.ENOSPC);
        assertEquals(38, Errno.ENOSYS);
        assertEquals(40, Errno.ELOOP);
        assertEquals(95, Errno.EOPNOTSUPP);
    }

    @Test
    void theNumberIsAllThatACallCaptures() {
        assertEquals(Integer.BYTES, Linker.Option.captureStateLayout().byteSize());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void refusalsComeAsNegatedNumbers() {
        assertEquals(-Errno.EBADF, TestLibc.dup(1 << 30));
        assertEquals(-Errno.ENOENT, TestLibc.open("/no/such/file", TestLibc.O_RDONLY));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void variadicArgumentsArrive() {
        int[] pipe = TestLibc.pipe();

        int flags = TestLibc.fcntl(pipe[0], TestLibc.F_GETFL, 0);
        int cleared = TestLibc.fcntl(pipe[0], TestLibc.F_SETFL, flags & ~TestLibc.O_NONBLOCK);

        assertTrue((flags & TestLibc.O_NONBLOCK) != 0);
        assertEquals(0, cleared);
        assertEquals(flags & ~TestLibc.O_NONBLOCK, TestLibc.fcntl(pipe[0], TestLibc.F_GETFL, 0));
        TestLibc.close(pipe[0]);
        TestLibc.close(pipe[1]);
    }
}
