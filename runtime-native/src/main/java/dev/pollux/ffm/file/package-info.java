/**
 * Files that Java has no channel for, or none with a descriptor: {@link dev.pollux.ffm.file.TcpListener},
 * {@link dev.pollux.ffm.file.TcpStream}, {@link dev.pollux.ffm.file.UnixListener},
 * {@link dev.pollux.ffm.file.UnixStream}, {@link dev.pollux.ffm.file.UdpSocket},
 * {@link dev.pollux.ffm.file.NativePipe}, {@link dev.pollux.ffm.file.StandardStreams},
 * {@link dev.pollux.ffm.file.EventCounter}, {@link dev.pollux.ffm.file.TimerDescriptor},
 * {@link dev.pollux.ffm.file.SignalSource}, {@link dev.pollux.ffm.file.ChildExit},
 * {@link dev.pollux.ffm.file.FileWatch}.
 *
 * <p>Each works with every native backend and needs native access only, see {@link dev.pollux.ffm}. Each is to be closed;
 * {@code -Dpollux.leaks=true} logs those that were forgotten, with where they were opened.
 *
 * <p><b>Threads:</b> as each class says.
 */
@NullMarked
package dev.pollux.ffm.file;

import org.jspecify.annotations.NullMarked;
