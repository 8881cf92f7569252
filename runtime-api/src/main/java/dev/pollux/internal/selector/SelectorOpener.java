package dev.pollux.internal.selector;

import dev.pollux.BackendUnavailableException;
import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.Requirements;
import dev.pollux.internal.discovery.BackendCatalog;
import dev.pollux.internal.discovery.Discovery;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens selectors as {@link dev.pollux.Selectors} says, with wishes for the backend they open and for those they are swapped to.
 *
 * <p><b>Thread:</b> any.
 */
public final class SelectorOpener {

    private final BackendOptions options;

    /** Makes one that opens backends with {@code options}. */
    public SelectorOpener(BackendOptions options) {
        this.options = options;
    }

    /**
     * Opens the best backend that meets {@code requirements}.
     *
     * @throws BackendUnavailableException if there is none
     * @throws IOException if it does not open
     */
    public EventSelector open(Requirements requirements) throws IOException {
        Objects.requireNonNull(requirements, "requirements");
        BackendCatalog catalog = Discovery.catalog();
        BackendCatalog.Choice choice = catalog.choose(requirements);
        EventSelector selector = new KeyedSelector(choice.provider(), catalog, NanoClock.system(), options);
        Notices.chosen(choice);
        return selector;
    }

    /**
     * Opens the backend {@code name}.
     *
     * @throws BackendUnavailableException if it is not available
     * @throws IOException if it does not open
     */
    public EventSelector open(String name) throws IOException {
        Objects.requireNonNull(name, "name");
        BackendCatalog catalog = Discovery.catalog();
        return new KeyedSelector(catalog.available(name), catalog, NanoClock.system(), options);
    }

    /**
     * Opens a backend of {@code provider}.
     *
     * @throws IOException if it does not open
     */
    public EventSelector open(BackendProvider provider, NanoClock clock) throws IOException {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(clock, "clock");
        return new KeyedSelector(provider, Discovery.catalog().with(provider), clock, options);
    }

    /** Apart, because most selectors are opened by name, and a logger takes its time to start. */
    private static final class Notices {

        private static final Logger log = LoggerFactory.getLogger("dev.pollux.Selectors");
        private static final Set<String> given = ConcurrentHashMap.newKeySet();

        static void chosen(BackendCatalog.Choice choice) {
            String name = choice.provider().name();
            if (given.add(name)) {
                log.info("backend={} chosen", name);
            }
            for (String advice : choice.advice()) {
                if (given.add(advice)) {
                    log.info("backend={} chosen: {}", name, advice);
                }
            }
        }
    }
}
