package dev.pollux.ffm.bridge;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.ClosedSelectorException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open selectors of the JVM. One that is forgotten and not closed leaves by itself. */
final class OpenSelectors {

    /** What the selectors are here; their own class links only where the JDK's classes are accessible. */
    interface Bridged {

        void swap(String backend) throws IOException;

        String backend();

        SelectorInfo info();
    }

    private static final Logger log = LoggerFactory.getLogger(PolluxSelectorProvider.class);
    private static final Map<Bridged, Boolean> open = Collections.synchronizedMap(new WeakHashMap<>());

    private OpenSelectors() {}

    static <S extends Bridged> S add(S selector) {
        open.put(selector, true);
        Management.begin();
        return selector;
    }

    static void remove(Bridged selector) {
        open.remove(selector);
    }

    private static List<Bridged> all() {
        synchronized (open) {
            return new ArrayList<>(open.keySet());
        }
    }

    static List<SelectorInfo> list() {
        List<SelectorInfo> infos = new ArrayList<>();
        for (Bridged selector : all()) {
            try {
                infos.add(selector.info());
            } catch (ClosedSelectorException e) {
                // Closed since.
            }
        }
        return infos;
    }

    static int swapAll(String backend) throws IOException {
        int moved = 0;
        Exception failure = null;
        for (Bridged selector : all()) {
            try {
                selector.swap(backend);
                moved++;
            } catch (ClosedSelectorException e) {
                // Closed since.
            } catch (IOException | RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure instanceof IOException e) {
            throw e;
        } else if (failure instanceof RuntimeException e) {
            throw e;
        }
        return moved;
    }

    static void swap(long id, String backend) throws IOException {
        for (Bridged selector : all()) {
            try {
                if (selector.info().id() == id) {
                    selector.swap(backend);
                    return;
                }
            } catch (ClosedSelectorException e) {
                // Closed since.
            }
        }
        throw new IllegalArgumentException("no open selector has the number " + id + "; ask for Selectors");
    }

    /** The bean, registered with the first selector. A JVM may be without the module java.management. */
    private static final class Management implements SelectorsMXBean {

        static {
            if (Object.class
                    .getModule()
                    .getLayer()
                    .findModule("java.management")
                    .isPresent()) {
                try {
                    ManagementFactory.getPlatformMBeanServer().registerMBean(new Management(), new ObjectName(NAME));
                } catch (JMException e) {
                    log.info("selectors are not shown by JMX", e);
                }
            }
        }

        static void begin() {}

        @Override
        public List<SelectorInfo> getSelectors() {
            return list();
        }

        @Override
        public int swapAll(String backend) throws IOException {
            return PolluxSelectorProvider.swapAll(backend);
        }

        @Override
        public void swap(long id, String backend) throws IOException {
            OpenSelectors.swap(id, PolluxSelectorProvider.checked(backend));
        }
    }
}
