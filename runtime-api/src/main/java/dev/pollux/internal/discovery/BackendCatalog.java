package dev.pollux.internal.discovery;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import dev.pollux.BackendUnavailableException;
import dev.pollux.Capability;
import dev.pollux.Requirements;
import dev.pollux.spi.BackendProvider;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The backends that discovery found, best first, and the choice among them.
 *
 * <p>Uses neither a logger nor Guava, so that the explanation can be printed with nothing but this jar at hand. On the way to
 * a choice there are no lambdas, streams or patterns either: each costs the first part of a millisecond when a process starts.
 */
public final class BackendCatalog {

    /** A provider that answers sensibly. Its capabilities are asked once. */
    private record Entry(BackendProvider provider, String name, int priority, Set<Capability> capabilities)
            implements Comparable<Entry> {

        /** Best first. */
        @Override
        public int compareTo(Entry other) {
            int byPriority = Integer.compare(other.priority, priority);
            return byPriority != 0 ? byPriority : name.compareTo(other.name);
        }

        Set<Capability> missing(Requirements requirements) {
            Set<Capability> missing = EnumSet.noneOf(Capability.class);
            missing.addAll(requirements.capabilities());
            missing.removeAll(capabilities);
            return missing;
        }
    }

    /** Puts namesakes into an order that does not depend on the class path. */
    private static final class ByClassName implements Comparator<BackendProvider> {

        @Override
        public int compare(BackendProvider one, BackendProvider other) {
            return one.getClass().getName().compareTo(other.getClass().getName());
        }
    }

    /** What was chosen, and the better ones that only a missing capability kept from it, with what would help. */
    public record Choice(BackendProvider provider, List<String> advice) {}

    private final List<Entry> entries = new ArrayList<>();
    private final List<BackendCandidate> broken = new ArrayList<>();
    private final List<Entry> descriptorSources = new ArrayList<>();
    private final List<String> unlisted;
    private final Overrides overrides;

    /**
     * Makes a catalog.
     *
     * @param unloadable what looked like a provider and cannot be loaded
     * @param unlisted classes of providers that are there but in no services file
     */
    BackendCatalog(
            List<BackendProvider> providers,
            List<BackendCandidate> unloadable,
            List<String> unlisted,
            Overrides overrides) {
        this.overrides = overrides;
        this.unlisted = unlisted;
        broken.addAll(unloadable);
        List<BackendProvider> inOrder = new ArrayList<>(providers);
        inOrder.sort(new ByClassName());
        Map<String, Entry> byName = new HashMap<>();
        for (BackendProvider provider : inOrder) {
            admit(provider, byName);
        }
        entries.addAll(byName.values());
        Collections.sort(entries);
        for (Entry entry : entries) {
            if (entry.capabilities.contains(Capability.JAVA_CHANNELS)
                    && entry.capabilities.contains(Capability.DESCRIPTORS)) {
                descriptorSources.add(entry);
            }
        }
    }

    /** Returns a catalog of {@code providers}, as if discovery had found them and the JVM had no overrides. */
    public static BackendCatalog of(BackendProvider... providers) {
        return new BackendCatalog(List.of(providers), List.of(), List.of(), Overrides.NONE);
    }

    /** Returns this catalog with {@code provider} in it, in place of the one of its name if there is one. */
    public BackendCatalog with(BackendProvider provider) {
        List<BackendProvider> providers = new ArrayList<>();
        providers.add(provider);
        for (Entry entry : entries) {
            if (!entry.name.equals(provider.name())) {
                providers.add(entry.provider);
            }
        }
        return new BackendCatalog(providers, broken, unlisted, overrides);
    }

    private void admit(BackendProvider provider, Map<String, Entry> byName) {
        String providerClass = provider.getClass().getName();
        try {
            String name = provider.name();
            if (name == null || !isName(name)) {
                reject(providerClass, "its name " + name + " is not of lower-case letters, digits and underscores");
            } else if (!name.equals(provider.name())) {
                reject(providerClass, "it calls itself " + name + " once and " + provider.name() + " then");
            } else if (byName.containsKey(name)) {
                reject(
                        providerClass,
                        "the name " + name + " belongs to "
                                + byName.get(name).provider.getClass().getName());
            } else {
                byName.put(name, new Entry(provider, name, provider.priority(), Set.copyOf(provider.capabilities())));
            }
        } catch (RuntimeException | LinkageError e) {
            reject(providerClass, "it fails when asked what it is: " + e);
        }
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            boolean inside = c == '_' || (c >= '0' && c <= '9');
            if (!letter && (i == 0 || !inside)) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private void reject(String providerClass, String reason) {
        broken.add(brokenCandidate(providerClass, reason, null));
    }

    static BackendCandidate brokenCandidate(String what, String reason, @Nullable Throwable cause) {
        return new BackendCandidate(
                what, 0, Set.of(), new Availability.Unavailable(reason, cause), what, "not a usable provider");
    }

    /**
     * Chooses the best available backend that meets {@code requirements} and the overrides of the JVM's settings.
     * Those that do not meet them are not even probed.
     *
     * @throws BackendUnavailableException if there is none; lists the candidates
     * @throws IllegalArgumentException if the override names an unknown backend
     */
    public Choice choose(Requirements requirements) throws BackendUnavailableException {
        if (overrides.backend() != null) {
            Entry forced = entry(overrides.backend(), overrides.backendFrom());
            Set<Capability> missing = forced.missing(requirements);
            if (!missing.isEmpty()) {
                throw new BackendUnavailableException(
                        "backend " + forced.name + ", asked for by " + overrides.backendFrom() + ", lacks " + missing
                                + Judgement.withRemedy(remedies(forced, missing)),
                        null);
            }
            return new Choice(checkAvailable(forced), List.of());
        }
        List<String> advice = new ArrayList<>();
        for (String provider : unlisted) {
            advice.add(Explanation.unlisted(provider));
        }
        boolean remedied = false;
        for (Entry entry : entries) {
            if (avoidedBy(entry, requirements) != null) {
                continue;
            }
            Set<Capability> missing = entry.missing(requirements);
            if (!missing.isEmpty()) {
                String remedies = remedies(entry, missing);
                // That of the best one is enough: with it, this one would not be taken.
                if (!remedies.isEmpty() && !remedied) {
                    remedied = true;
                    advice.add(entry.name + " would be taken but lacks " + missing + Judgement.withRemedy(remedies));
                }
                continue;
            }
            Availability availability = available(entry);
            if (availability instanceof Availability.Available) {
                return new Choice(entry.provider, advice);
            }
            if (availability instanceof Availability.Unavailable unavailable && unavailable.cause() != null) {
                // Something failed here; without a cause, the backend just belongs to another system.
                advice.add(entry.name + " would be taken but is unavailable: " + unavailable.reason());
            }
        }
        throw new BackendUnavailableException(
                "no backend is available that has " + requirements.capabilities() + "; candidates:\n"
                        + explain(requirements),
                null);
    }

    /**
     * Returns the provider of the backend {@code name}.
     *
     * @throws IllegalArgumentException if there is none of that name; lists the known ones
     * @throws BackendUnavailableException if it is not available; the message says why
     */
    public BackendProvider available(String name) throws BackendUnavailableException {
        return checkAvailable(entry(name, null));
    }

    private Entry entry(String name, @Nullable String askedBy) {
        for (Entry entry : entries) {
            if (entry.name.equals(name)) {
                return entry;
            }
        }
        throw unknown(name, askedBy);
    }

    private IllegalArgumentException unknown(String name, @Nullable String askedBy) {
        List<String> known = entries.stream().map(Entry::name).toList();
        StringBuilder unusable = new StringBuilder();
        if (!broken.isEmpty()) {
            unusable.append(broken.stream()
                    .map(b -> b.name() + " (" + Explanation.reason(b.availability()) + ")")
                    .collect(Collectors.joining(", ", "; unusable: ", "")));
        }
        unlisted.forEach(provider -> unusable.append("; ").append(Explanation.unlisted(provider)));
        return new IllegalArgumentException("backend " + name
                + (askedBy == null ? "" : ", asked for by " + askedBy + ",")
                + " is unknown; known: "
                + (known.isEmpty() ? "none, put runtime-nio or runtime-native on the path" : String.join(", ", known))
                + unusable);
    }

    private BackendProvider checkAvailable(Entry entry) throws BackendUnavailableException {
        if (available(entry) instanceof Availability.Unavailable unavailable) {
            throw new BackendUnavailableException(
                    "backend " + entry.name + " is unavailable: " + unavailable.reason(), unavailable.cause());
        }
        return entry.provider;
    }

    private static Availability available(Entry entry) {
        try {
            return entry.provider.availability();
        } catch (RuntimeException | LinkageError e) {
            return new Availability.Unavailable("its probe failed: " + e, e);
        }
    }

    /** Returns the descriptor behind {@code channel}, or −1 if no provider knows it. */
    public int descriptor(SelectableChannel channel) {
        for (Entry entry : descriptorSources) {
            int fd = entry.provider.descriptor(channel);
            if (fd >= 0) {
                return fd;
            }
        }
        return -1;
    }

    /** Returns what a caller can do who needs {@code capability} and has the backend {@code lacking}. May try backends out. */
    public String wayTo(Capability capability, String lacking) {
        for (Entry entry : entries) {
            if (entry.name.equals(lacking)) {
                String remedy = remedies(entry, Set.of(capability));
                if (!remedy.isEmpty()) {
                    return remedy;
                }
            }
        }
        List<Entry> having = entries.stream()
                .filter(e -> !e.name.equals(lacking) && e.capabilities.contains(capability))
                .toList();
        List<String> usable = having.stream()
                .filter(e -> available(e) instanceof Availability.Available)
                .map(Entry::name)
                .toList();
        if (!usable.isEmpty()) {
            return "open the backend " + String.join(" or ", usable) + " instead";
        }
        return having.isEmpty()
                ? "no other backend that was found has it, add runtime-native to the path"
                : "no other backend that works here has it";
    }

    private static String remedies(Entry entry, Set<Capability> missing) {
        return missing.stream()
                .map(entry.provider::remedy)
                .flatMap(Optional::stream)
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private @Nullable String avoidedBy(Entry entry, Requirements requirements) {
        if (requirements.avoided().contains(entry.name)) {
            return "the requirements";
        }
        return overrides.avoided().contains(entry.name) ? overrides.avoidedFrom() : null;
    }

    /** Probes and returns every candidate, best first, judged by {@code requirements}; broken ones last. */
    public List<BackendCandidate> candidates(Requirements requirements) {
        List<BackendCandidate> candidates = new ArrayList<>();
        for (Judgement each : judge(requirements, true)) {
            candidates.add(each.candidate());
        }
        candidates.addAll(broken);
        return List.copyOf(candidates);
    }

    /**
     * Judges each backend. One that needs a flag of the JVM to meet the requirements need not be tried out for that, and
     * without the flag the JVM might print a warning.
     */
    private List<Judgement> judge(Requirements requirements, boolean triesAll) {
        List<Judgement> judgements = new ArrayList<>();
        @Nullable String taken = null;
        for (Entry entry : entries) {
            Set<Capability> missing = entry.missing(requirements);
            String remedy = remedies(entry, missing);
            Availability availability = triesAll || remedy.isEmpty() ? available(entry) : null;
            String verdict = objection(entry, availability, missing, requirements);
            if (verdict == null && taken == null) {
                verdict = "chosen";
                taken = entry.name;
            } else if (verdict == null) {
                verdict = "usable, " + taken + " comes first";
            }
            boolean helps = availability == null || availability instanceof Availability.Available;
            judgements.add(new Judgement(
                    entry.name,
                    entry.priority,
                    entry.capabilities,
                    availability,
                    entry.provider.getClass().getName(),
                    verdict,
                    helps ? remedy : ""));
        }
        return judgements;
    }

    private @Nullable String objection(
            Entry entry, @Nullable Availability availability, Set<Capability> missing, Requirements requirements) {
        if (availability instanceof Availability.Unavailable) {
            return "not available";
        }
        if (!missing.isEmpty()) {
            return "lacks " + missing;
        }
        if (overrides.backend() != null) {
            return entry.name.equals(overrides.backend())
                    ? null
                    : overrides.backendFrom() + " asks for " + overrides.backend();
        }
        String avoidedBy = avoidedBy(entry, requirements);
        return avoidedBy == null ? null : "avoided by " + avoidedBy;
    }

    /** Returns a page to read: what is said of each backend, and of the overrides. */
    public String explain(Requirements requirements) {
        return Explanation.of(judge(requirements, false), broken, unlisted, overrides);
    }
}
