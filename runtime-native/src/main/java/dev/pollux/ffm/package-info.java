/**
 * The backends {@code epoll}, {@code kqueue}, {@code devpoll}, {@code poll} and {@code select}, which watch descriptors
 * by the kernel's own calls.
 *
 * <p>Put the jar on the class path or the module path; {@link dev.pollux.Selectors} finds it. It needs Java 25 and a
 * JVM flag, {@code --enable-native-access=dev.pollux.ffm} on the module path and
 * {@code --enable-native-access=ALL-UNNAMED} on the class path. To watch Java channels too it needs their descriptors:
 * {@code --add-exports java.base/sun.nio.ch=dev.pollux.ffm}, or {@code =ALL-UNNAMED}.
 *
 * <p>Files that Java has no channel for, or none with a descriptor, are here too and need native access only:
 * {@link dev.pollux.ffm.TcpListener}, {@link dev.pollux.ffm.TcpStream}, {@link dev.pollux.ffm.UnixListener},
 * {@link dev.pollux.ffm.UnixStream}, {@link dev.pollux.ffm.UdpSocket}, {@link dev.pollux.ffm.NativePipe},
 * {@link dev.pollux.ffm.StandardStreams}, {@link dev.pollux.ffm.EventCounter},
 * {@link dev.pollux.ffm.TimerDescriptor}, {@link dev.pollux.ffm.SignalSource}, {@link dev.pollux.ffm.ChildExit},
 * {@link dev.pollux.ffm.FileWatch}. Each is to be closed; {@code -Dpollux.leaks=true} logs those that were forgotten,
 * with where they were opened.
 *
 * <p>Nothing native is loaded before a backend is probed or opened. Not here: the mechanism
 * ({@code dev.pollux.ffm.internal}) and the calls as C declares them ({@code dev.pollux.ffm.sys}), neither of which is
 * exported.
 */
@NullMarked
package dev.pollux.ffm;

import org.jspecify.annotations.NullMarked;
