package dev.pollux.frameworks.engine;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import dev.pollux.ffm.bridge.SelectorInfo;
import dev.pollux.ffm.bridge.SelectorsMXBean;
import dev.pollux.frameworks.Descriptors;
import dev.pollux.frameworks.Swaps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMX;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A server in a JVM of its own: the framework's main class, and the flags that put it on the bridge. What this knows of its
 * selectors, and how it moves them, is the bridge's bean.
 */
public final class ServerJvm implements AutoCloseable {

    private final String backend;
    private final Process process;
    private JMXConnector connector;
    private SelectorsMXBean selectors;
    private Swaps swaps;
    private volatile boolean killed;

    private ServerJvm(String backend, Process process) {
        this.backend = backend;
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param backend what its selectors begin with
     * @param log what it prints goes here, after what is there
     * @param options of the JVM, besides those of the bridge
     * @param program the main class and its arguments
     */
    public static ServerJvm start(String backend, Path log, List<String> options, List<String> program)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.nio.channels.spi.SelectorProvider=" + PolluxSelectorProvider.class.getName());
        command.add("-Dpollux.backend=" + backend);
        command.addAll(
                List.of("--enable-native-access=ALL-UNNAMED", "--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED"));
        // A server lives for seconds: what costs more to begin with does not pay.
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(program);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        // For a test that fails before it has all servers, which then closes none.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new ServerJvm(backend, process);
    }

    public String backend() {
        return backend;
    }

    /** Finds the bean. For a server that has opened a selector. */
    @SuppressWarnings("BanJNDI") // The address is one that a child process gave.
    public void connect() throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
            try {
                connector = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
            } finally {
                machine.detach();
            }
            selectors = JMX.newMXBeanProxy(
                    connector.getMBeanServerConnection(), new ObjectName(SelectorsMXBean.NAME), SelectorsMXBean.class);
        } catch (AttachNotSupportedException | MalformedObjectNameException e) {
            throw new IOException(e);
        }
    }

    /** Moves all selectors every 50 ms from now on. After {@link #connect}. */
    public void beginSwaps() {
        swaps = Swaps.from(backend, this::swapAll);
    }

    private int swapAll(String name) throws IOException {
        try {
            return selectors.swapAll(name);
        } catch (IOException e) {
            if (killed) {
                return 0;
            }
            throw e;
        }
    }

    /** Ends the moves; the selectors are then on the backend they began with. */
    public void endSwaps() throws IOException {
        if (swaps != null) {
            swaps.close();
        }
    }

    /** Returns how many selectors were moved, each as often as it was. */
    public long swaps() {
        return swaps.count();
    }

    /** Returns what the server says of its selectors. After {@link #connect}. */
    public List<SelectorInfo> selectors() {
        return selectors.getSelectors();
    }

    /** Returns how many descriptors these have open. */
    public static long descriptors(List<ServerJvm> servers) throws IOException {
        long count = 0;
        for (ServerJvm server : servers) {
            count += Descriptors.count(Long.toString(server.process.pid()));
        }
        return count;
    }

    /** Ends it by SIGKILL, in the middle of whatever it does. */
    public void kill() throws IOException {
        killed = true;
        process.destroyForcibly().onExit().join();
        endSwaps();
        if (connector != null) {
            try {
                connector.close();
            } catch (IOException e) {
                // No one is there to take leave of. What is on this side is closed.
            }
        }
    }

    @Override
    public void close() throws IOException {
        kill();
    }
}
