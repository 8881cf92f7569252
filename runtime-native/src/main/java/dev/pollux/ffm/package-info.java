/**
 * The backends {@code epoll}, {@code io_uring}, {@code kqueue}, {@code devpoll}, {@code poll} and {@code select}, which watch descriptors
 * by the kernel's own calls.
 *
 * <p>Put the jar on the class path or the module path; {@link dev.pollux.Selectors} finds it. It needs Java 25 and a
 * JVM flag, {@code --enable-native-access=dev.pollux.ffm} on the module path and
 * {@code --enable-native-access=ALL-UNNAMED} on the class path. To watch Java channels too it needs their descriptors:
 * {@code --add-exports java.base/sun.nio.ch=dev.pollux.ffm}, or {@code =ALL-UNNAMED}.
 *
 * <p>Sockets, pipes, timers and other files with a descriptor are in {@link dev.pollux.ffm.file}.
 *
 * <p>Nothing native is loaded before a backend is probed or opened. Not here: the mechanism
 * ({@code dev.pollux.ffm.internal}) and the calls as C declares them ({@code dev.pollux.ffm.sys}), neither of which is
 * exported.
 */
@NullMarked
package dev.pollux.ffm;

import org.jspecify.annotations.NullMarked;
