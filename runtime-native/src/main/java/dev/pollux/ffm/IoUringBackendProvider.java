package dev.pollux.ffm;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.internal.IoUringBackend;
import dev.pollux.ffm.sys.Abi;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * Offers {@code io_uring(7)} to {@link java.util.ServiceLoader}. Linux 5.19 and later. Below epoll in rank: a notifier on it
 * costs more for each event.
 */
public final class IoUringBackendProvider extends NativeBackendProvider {

    /** proc_sys_kernel(5): 0 allows io_uring, 1 to a group, 2 to no one. */
    private static final Path SWITCH = Path.of("/proc/sys/kernel/io_uring_disabled");

    /** Called by {@code ServiceLoader}; does nothing. */
    public IoUringBackendProvider() {}

    @Override
    public String name() {
        return "io_uring";
    }

    @Override
    public int priority() {
        return 350;
    }

    @Override
    boolean isSupported() {
        return Abi.LINUX;
    }

    /** {@link Capability#JAVA_CHANNELS} takes a JVM flag, see {@link #remedy}. */
    @Override
    public Set<Capability> capabilities() {
        return withChannels(EnumSet.of(
                Capability.DESCRIPTORS,
                Capability.REGULAR_FILES,
                Capability.EDGE,
                Capability.PRIORITY,
                Capability.HANGUP,
                Capability.NANOSECOND_TIMEOUTS,
                Capability.CONSTANT_TIME,
                Capability.OPERATIONS));
    }

    @Override
    public Availability availability() {
        return isSupported() ? Probe.RESULT : Availability.unavailable("Linux only; this is " + Abi.OS);
    }

    @Override
    Backend openUnchecked(BackendOptions options) throws IOException {
        return IoUringBackend.open(options);
    }

    /** Adds what forbids io_uring here, which the kernel's answer leaves open. */
    private static Availability explained(Availability result) {
        if (result instanceof Availability.Unavailable unavailable
                && unavailable.cause() instanceof NativeIOException failure) {
            return switch (failure.errnoName()) {
                case "EPERM" -> new Availability.Unavailable(denied(setting()), failure);
                case "ENOSYS" ->
                    new Availability.Unavailable(
                            "the kernel has no io_uring, or not that of Linux 5.19; use epoll", failure);
                default -> result;
            };
        }
        return result;
    }

    private static String setting() {
        try {
            return Files.readString(SWITCH).trim();
        } catch (IOException e) {
            return "0"; // Linux before 6.6 has no switch.
        }
    }

    static String denied(String setting) {
        return switch (setting) {
            case "0" ->
                "a seccomp filter denies io_uring, as those of containers do; allow io_uring_setup, io_uring_enter and"
                        + " io_uring_register, or use epoll";
            case "1" ->
                "the setting kernel.io_uring_disabled is 1, which leaves it to one group; add this user to that of"
                        + " kernel.io_uring_group, or sysctl kernel.io_uring_disabled=0 allows it";
            default ->
                "the setting kernel.io_uring_disabled is " + setting + "; sysctl kernel.io_uring_disabled=0 allows it";
        };
    }

    /** Computed once: a class that failed to initialise reports its cause only the first time. */
    private static final class Probe {

        static final Availability RESULT = explained(probe(new IoUringBackendProvider()));
    }
}
