package dev.pollux.internal.discovery;

import dev.pollux.BackendCandidate;
import dev.pollux.spi.BackendProvider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds every provider that can be loaded, whatever is wrong with the others, and remembers what is. */
public final class Discovery {

    /** Against a loader that fails without moving on. */
    private static final int MOST_FAILURES = 100;

    private final List<BackendProvider> providers = new ArrayList<>();
    private final List<BackendCandidate> unloadable = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();

    private Discovery() {}

    /** Looks from here and from the thread's context class loader, and returns what was found. */
    public static BackendCatalog catalog() {
        return discover(Overrides.current());
    }

    static BackendCatalog discover(Overrides overrides) {
        Discovery discovery = new Discovery();
        discovery.load(ServiceLoader.load(BackendProvider.class, Discovery.class.getClassLoader()));
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context != null && !context.equals(Discovery.class.getClassLoader())) {
            discovery.load(ServiceLoader.load(BackendProvider.class, context));
        }
        return new BackendCatalog(discovery.providers, discovery.unloadable, discovery.unlisted(), overrides);
    }

    /**
     * Goes on past every failure. {@code hasNext} may throw as well as {@code next}, and not only
     * {@link ServiceConfigurationError}: a provider for a newer Java is an {@link UnsupportedClassVersionError}.
     */
    private void load(ServiceLoader<BackendProvider> loader) {
        Iterator<BackendProvider> found = loader.iterator();
        int failures = 0;
        while (failures < MOST_FAILURES) {
            try {
                if (!found.hasNext()) {
                    return;
                }
                BackendProvider provider = found.next();
                if (seen.add(provider.getClass().getName())) {
                    providers.add(provider);
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                failures++;
                note(e);
            }
        }
    }

    /** Returns the providers of Pollux's own that are there, and were not found all the same. */
    private List<String> unlisted() {
        List<String> unlisted = new ArrayList<>();
        for (String provider : Present.PROVIDERS) {
            if (!seen.contains(provider)
                    && unloadable.stream().noneMatch(each -> each.name().equals(provider))) {
                unlisted.add(provider);
            }
        }
        return unlisted;
    }

    private void note(Throwable failure) {
        BackendCandidate candidate = Failures.candidate(failure);
        if (seen.add(candidate.name() + candidate.availability())) {
            unloadable.add(candidate);
        }
    }

    /** Looked up once, because it does not change. */
    private static final class Present {

        /** One of each artifact: the services file of one of them is lost when jars are merged without care. */
        private static final List<String> KNOWN =
                List.of("dev.pollux.nio.NioBackendProvider", "dev.pollux.ffm.EpollBackendProvider");

        static final List<String> PROVIDERS = present();

        private static List<String> present() {
            List<String> present = new ArrayList<>();
            for (String provider : KNOWN) {
                if (Discovery.class.getClassLoader().getResource(provider.replace('.', '/') + ".class") != null) {
                    present.add(provider);
                }
            }
            return present;
        }
    }

    /** Apart, because in most runs nothing fails. */
    private static final class Failures {

        private static final Pattern NEWER_CLASS =
                Pattern.compile("^(\\S+) has been compiled.*class file version (\\d+)");
        private static final Pattern NAMED_PROVIDER = Pattern.compile(": (?:Provider )?([\\w$]+(?:\\.[\\w$]+)+) ");

        /** Class file versions count from 45 for Java 1.1 (JVMS 4.1), so Java n has version n + 44. */
        private static final int CLASS_VERSION_OFFSET = 44;

        static BackendCandidate candidate(Throwable failure) {
            String message = String.valueOf(failure.getMessage());
            Matcher newer = NEWER_CLASS.matcher(message);
            if (failure instanceof UnsupportedClassVersionError && newer.find()) {
                String reason = "needs Java " + (Integer.parseInt(newer.group(2)) - CLASS_VERSION_OFFSET)
                        + ", this is Java " + Runtime.version().feature();
                return BackendCatalog.brokenCandidate(newer.group(1).replace('/', '.'), reason, failure);
            }
            Matcher named = NAMED_PROVIDER.matcher(message);
            String reason = failure.getCause() == null ? message : message + ": " + failure.getCause();
            return BackendCatalog.brokenCandidate(
                    named.find() ? named.group(1) : "(unnamed provider)", reason, failure);
        }
    }
}
