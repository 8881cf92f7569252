package dev.pollux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.EventSelector;
import dev.pollux.Selectors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What is said where io_uring is forbidden. By a seccomp(2) filter in a JVM of its own, which never gets rid of it. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class IoUringForbiddenTest {

    private static final int IO_URING_SETUP = 425;
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;

    @Test
    @EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
    void aFilterOfAContainerIsNamedWithTheWayOut() throws IOException {
        assumeTrue(Files.readString(Path.of("/proc/self/status")).contains("Seccomp:"), "no seccomp in this kernel");

        List<String> said = withFilter(EPERM);

        assertSaid(
                said,
                "io_uring",
                "a seccomp filter denies io_uring, as those of containers do; allow io_uring_setup, "
                        + "io_uring_enter and io_uring_register, or use epoll");
        assertTrue(said.contains("opened epoll"), said::toString);
    }

    @Test
    @EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
    void aKernelWithoutItIsNamed() throws IOException {
        List<String> said = withFilter(ENOSYS);

        assertSaid(said, "io_uring", "the kernel has no io_uring, or not that of Linux 5.19; use epoll");
        assertTrue(said.contains("opened epoll"), said::toString);
    }

    @Test
    void theSettingIsNamedWithTheWayOut() {
        assertEquals(
                "the setting kernel.io_uring_disabled is 2; sysctl kernel.io_uring_disabled=0 allows it",
                IoUringBackendProvider.denied("2"));
        assertEquals(
                "the setting kernel.io_uring_disabled is 1, which leaves it to one group; add this user to that of "
                        + "kernel.io_uring_group, or sysctl kernel.io_uring_disabled=0 allows it",
                IoUringBackendProvider.denied("1"));
    }

    private static void assertSaid(List<String> said, String backend, String reason) {
        assertTrue(
                said.stream().anyMatch(line -> line.matches(backend + " .* no \\[\\d+].*")),
                () -> String.join("\n", said));
        assertTrue(String.join(" ", said).replaceAll(" +", " ").contains(reason), () -> String.join("\n", said));
    }

    private static List<String> withFilter(int errno) throws IOException {
        ProcessBuilder child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IoUringForbiddenTest.class.getName(),
                        String.valueOf(errno))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        return Children.output(child).lines().toList();
    }

    /** Denies this thread io_uring_setup(2) from now on, and prints what is said about the backends. */
    public static void main(String[] args) throws Throwable {
        deny(IO_URING_SETUP, Integer.parseInt(args[0]));
        System.out.println(Selectors.explain());
        try (EventSelector selector = Selectors.open()) {
            System.out.println("opened " + selector.backend());
        }
    }

    @SuppressWarnings("restricted") // A test of its own kind: no other needs prctl.
    private static void deny(int call, int errno) throws Throwable {
        // int prctl(int op, ...);
        MethodHandle prctl = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("prctl"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                        Linker.Option.firstVariadicArg(1));
        try (Arena arena = Arena.ofConfined()) {
            // struct sock_filter { __u16 code; __u8 jt; __u8 jf; __u32 k; }: linux/filter.h, linux/bpf_common.h
            List<Long> program = new ArrayList<>();
            program.add(instruction(0x20, 0, 0, 0)); // BPF_LD | BPF_W | BPF_ABS: the number of the call
            program.add(instruction(0x15, 0, 1, call)); // BPF_JMP | BPF_JEQ | BPF_K
            program.add(instruction(0x06, 0, 0, 0x50000 | errno)); // BPF_RET | BPF_K: SECCOMP_RET_ERRNO
            program.add(instruction(0x06, 0, 0, 0x7fff0000)); // SECCOMP_RET_ALLOW
            MemorySegment filter = arena.allocate(8L * program.size(), 8);
            for (int i = 0; i < program.size(); i++) {
                filter.setAtIndex(JAVA_LONG, i, program.get(i));
            }
            MemorySegment of =
                    arena.allocate(16, 8); // struct sock_fprog { unsigned short len; struct sock_filter *filter; }
            of.set(JAVA_SHORT, 0, (short) program.size());
            of.set(ADDRESS, 8, filter);
            check((int) prctl.invokeExact(38, 1L, 0L, 0L, 0L)); // PR_SET_NO_NEW_PRIVS, linux/prctl.h
            check((int) prctl.invokeExact(22, 2L, of.address(), 0L, 0L)); // PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        }
    }

    /** Little-endian, as both processors are whose numbers of calls are known here. */
    private static long instruction(int code, int ifTrue, int ifFalse, int k) {
        return code | (long) ifTrue << 16 | (long) ifFalse << 24 | (long) k << 32;
    }

    private static void check(int result) {
        if (result != 0) {
            throw new AssertionError("prctl failed");
        }
    }
}
