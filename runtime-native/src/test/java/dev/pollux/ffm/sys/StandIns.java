package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.Availability;
import dev.pollux.ffm.DevpollBackendProvider;
import dev.pollux.ffm.KqueueBackendProvider;
import dev.pollux.ffm.internal.DevpollBackend;
import dev.pollux.ffm.internal.ForwardingProvider;
import dev.pollux.ffm.internal.KqueueBackend;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.tck.Subject;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Puts what {@code src/test/c} compiles to in front of the C library: on Linux, kqueue(2) and {@code /dev/poll}. Elsewhere,
 * and where there was no compiler, nothing is put there.
 */
public final class StandIns {

    private static final Path LIBRARY = Path.of("target/stand_ins.so");

    private static final boolean INSTALLED = Abi.LINUX && Files.exists(LIBRARY);

    static {
        if (INSTALLED) {
            Libc.symbols = inFrontOf(Libc.symbols);
        }
    }

    private StandIns() {}

    @SuppressWarnings("restricted") // Loads a library that the build has just made.
    private static SymbolLookup inFrontOf(SymbolLookup system) {
        SymbolLookup ours = SymbolLookup.libraryLookup(LIBRARY.toAbsolutePath(), Arena.global());
        return name -> ours.find("stand_in_" + name).or(() -> system.find(name));
    }

    /** Has put the stand-ins in place by the time it returns. */
    static void install() {}

    /** Returns whether kqueue(2) can be called. */
    public static boolean haveKqueue() {
        return INSTALLED || Abi.BSD;
    }

    /** Returns whether {@code /dev/poll} can be opened. */
    public static boolean haveDevpoll() {
        return INSTALLED || Abi.OS.equals("SunOS");
    }

    /** Returns the provider of kqueue, on Linux without its refusal. */
    public static BackendProvider kqueue() {
        return INSTALLED
                ? new Unrefused(new KqueueBackendProvider(), KqueueBackend::open)
                : new KqueueBackendProvider();
    }

    /** Returns the provider of devpoll, on Linux without its refusal. */
    public static BackendProvider devpoll() {
        return INSTALLED
                ? new Unrefused(new DevpollBackendProvider(), DevpollBackend::open)
                : new DevpollBackendProvider();
    }

    /** Returns {@code provider} to be tested, with a remark for the report where its calls are stand-ins. */
    public static Subject subject(BackendProvider provider) {
        Subject subject = Subject.of(provider);
        return INSTALLED ? subject.withRemark("over stand-ins for its system calls") : subject;
    }

    /** Returns whether the system's calls are stand-ins, which refuse and tell what a test wants. */
    public static boolean areInstalled() {
        return INSTALLED;
    }

    /** Refuses the next entry that is added to a filter of any kqueue. */
    public static void refuseNextAddition(int filter, int errno) {
        try {
            int result = (int) Refuse.KEVENT.invokeExact(filter, errno);
            if (result != 0) {
                throw new AssertionError("refuse_kevent: " + result);
            }
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Lets {@code EVFILT_WRITE} of any kqueue fail for pipes without a reader from now on, with {@code EPIPE} as on FreeBSD
     * or {@code EBADF} as on NetBSD; 0 accepts them as macOS does.
     */
    public static void failWithoutReader(int errno) {
        try {
            int result = (int) Refuse.READERLESS.invokeExact(errno);
            if (result != 0) {
                throw new AssertionError("fail_without_reader: " + result);
            }
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    private static final class Refuse {

        static final MethodHandle READERLESS =
                Libc.callWithoutErrno("fail_without_reader", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        static final MethodHandle KEVENT =
                Libc.callWithoutErrno("refuse_kevent", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    }

    @FunctionalInterface
    private interface Opener {

        Backend open(BackendOptions options) throws IOException;
    }

    private static final class Unrefused extends ForwardingProvider {

        private final Opener opener;

        Unrefused(BackendProvider real, Opener opener) {
            super(real);
            this.opener = opener;
        }

        @Override
        public Availability availability() {
            return Availability.available();
        }

        @Override
        public Backend open(BackendOptions options) throws IOException {
            return opener.open(options);
        }
    }
}
