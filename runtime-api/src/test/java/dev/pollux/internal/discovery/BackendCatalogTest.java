package dev.pollux.internal.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import dev.pollux.BackendUnavailableException;
import dev.pollux.Capability;
import dev.pollux.Requirements;
import dev.pollux.internal.selector.ScriptedProvider;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BackendCatalogTest {

    private final ScriptedProvider low = new ScriptedProvider("low", 100, Capability.JAVA_CHANNELS);
    private final ScriptedProvider high = new ScriptedProvider("high", 400, Capability.JAVA_CHANNELS, Capability.EDGE);

    private static BackendCatalog catalog(Overrides overrides, BackendProvider... providers) {
        return new BackendCatalog(List.of(providers), List.of(), List.of(), overrides);
    }

    private static Overrides backend(String name) {
        return new Overrides(name, "-Dpollux.backend", Set.of(), "");
    }

    private static Overrides avoid(String... names) {
        return new Overrides(null, "", Set.of(names), "-Dpollux.backend.avoid");
    }

    // DISC-1
    @Test
    void highestPriorityIsChosenWhateverTheOrder() throws Exception {
        assertSame(
                high,
                catalog(Overrides.NONE, low, high).choose(Requirements.none()).provider());
        assertSame(
                high,
                catalog(Overrides.NONE, high, low).choose(Requirements.none()).provider());
    }

    // DISC-1
    @Test
    void tiesGoByName() throws Exception {
        ScriptedProvider a = new ScriptedProvider("a", 100);
        ScriptedProvider b = new ScriptedProvider("b", 100);

        assertSame(a, catalog(Overrides.NONE, b, a).choose(Requirements.none()).provider());
    }

    // DISC-1
    @Test
    void unavailableOneIsPassedOver() throws Exception {
        high.availability = Availability.unavailable("no such system call here");

        assertSame(
                low,
                catalog(Overrides.NONE, low, high).choose(Requirements.none()).provider());
    }

    // DISC-1
    @Test
    void requirementsAreMetOrRefusedWithTheCandidates() throws Exception {
        BackendCatalog catalog = catalog(Overrides.NONE, low, high);

        assertSame(high, catalog.choose(Requirements.of(Capability.EDGE)).provider());
        BackendUnavailableException refused = assertThrows(
                BackendUnavailableException.class, () -> catalog.choose(Requirements.of(Capability.PRIORITY)));
        assertTrue(refused.getMessage().contains("PRIORITY"), refused.getMessage());
        assertTrue(refused.getMessage().contains("low"), refused.getMessage());
    }

    @Test
    void avoidedOnesAreLeftOut() throws Exception {
        assertSame(
                low,
                catalog(Overrides.NONE, low, high)
                        .choose(Requirements.none().avoiding("high"))
                        .provider());
        assertSame(
                low,
                catalog(avoid("high"), low, high).choose(Requirements.none()).provider());
        assertThrows(
                BackendUnavailableException.class,
                () -> catalog(avoid("high", "low"), low, high).choose(Requirements.none()));
    }

    // DISC-4
    @Test
    void overrideIsStrict() throws Exception {
        assertSame(
                low,
                catalog(backend("low"), low, high).choose(Requirements.none()).provider());
        low.availability = Availability.unavailable("denied here");

        BackendUnavailableException refused = assertThrows(
                BackendUnavailableException.class,
                () -> catalog(backend("low"), low, high).choose(Requirements.none()));

        assertTrue(refused.getMessage().contains("denied here"), refused.getMessage());
    }

    @Test
    void overrideThatLacksARequirementSaysSo() {
        BackendUnavailableException refused = assertThrows(
                BackendUnavailableException.class,
                () -> catalog(backend("low"), low, high).choose(Requirements.of(Capability.EDGE)));

        assertTrue(refused.getMessage().contains("EDGE"), refused.getMessage());
        assertTrue(refused.getMessage().contains("-Dpollux.backend"), refused.getMessage());
    }

    // DISC-4
    @Test
    void unknownNameListsTheKnownOnes() {
        IllegalArgumentException byOverride = assertThrows(
                IllegalArgumentException.class,
                () -> catalog(backend("com.example.Evil"), low, high).choose(Requirements.none()));
        IllegalArgumentException byName = assertThrows(
                IllegalArgumentException.class,
                () -> catalog(Overrides.NONE, low, high).available("epol"));

        assertTrue(byOverride.getMessage().contains("high, low"), byOverride.getMessage());
        assertTrue(byName.getMessage().contains("epol"), byName.getMessage());
        assertTrue(byName.getMessage().contains("high, low"), byName.getMessage());
    }

    @Test
    void candidatesThatDoNotMeetTheRequirementsAreNotProbed() throws Exception {
        BackendProvider untouchable = new Misbehaving("untouchable") {
            @Override
            public Availability availability() {
                throw new AssertionError("probed");
            }
        };

        BackendCatalog.Choice choice =
                catalog(Overrides.NONE, untouchable, low).choose(Requirements.of(Capability.JAVA_CHANNELS));

        assertSame(low, choice.provider());
        assertEquals(
                List.of("untouchable would be taken but lacks [JAVA_CHANNELS]; start the JVM with --flag"),
                choice.advice());
    }

    // DISC-2
    @Test
    void misbehavingProvidersAreListedWithTheirReasonAndHideNobody() throws Exception {
        BackendProvider throwing = new Misbehaving("throwing") {
            @Override
            public int priority() {
                throw new IllegalStateException("priority is broken");
            }
        };
        BackendProvider fickle = new Misbehaving("fickle") {
            private int asked;

            @Override
            public String name() {
                return "fickle" + asked++;
            }
        };
        BackendProvider illNamed = new Misbehaving("Not A Name");
        BackendProvider namesake = new Misbehaving("low");

        List<BackendCandidate> candidates = catalog(Overrides.NONE, throwing, fickle, illNamed, namesake, low, high)
                .candidates(Requirements.none());

        assertEquals(6, candidates.size());
        assertEquals(
                1, candidates.stream().filter(BackendCandidate::isAvailable).count());
        String reasons = candidates.toString();
        assertTrue(reasons.contains("priority is broken"), reasons);
        assertTrue(reasons.contains("it calls itself"), reasons);
        assertTrue(reasons.contains("Not A Name"), reasons);
        assertTrue(reasons.contains("belongs to"), reasons);
    }

    @Test
    void probeThatThrowsMakesUnavailable() {
        BackendProvider probing = new Misbehaving("probing") {
            @Override
            public Availability availability() {
                throw new NoClassDefFoundError("missing");
            }
        };

        BackendCandidate candidate =
                catalog(Overrides.NONE, probing).candidates(Requirements.none()).get(0);

        assertFalse(candidate.isAvailable());
        assertEquals("not available", candidate.verdict());
    }

    // DISC-3
    @Test
    void explanationHasARowForEachWithReasonAndVerdict() {
        high.availability = Availability.unavailable("no such system call here");

        String page = catalog(avoid("nosuch"), low, high).explain(Requirements.none());

        assertEquals("""
                BACKEND  PRIORITY  AVAILABLE  VERDICT
                high     400       no [1]     not available
                low      100       yes        chosen
                -Dpollux.backend.avoid names unknown backends: [nosuch]

                [1] no such system call here

                CAPABILITIES
                high  JAVA_CHANNELS EDGE
                low   JAVA_CHANNELS
                """, page);
    }

    @Test
    void explanationOfManyBackendsFitsATerminal() {
        String reason = "a reason of many words ".repeat(12).strip();
        ScriptedProvider able = new ScriptedProvider("everything", 500, Capability.values());
        high.availability = Availability.unavailable(reason);
        low.availability = Availability.unavailable(reason);

        String page = catalog(backend("another_backend_of_a_long_name"), able, high, low)
                .explain(Requirements.none());

        assertTrue(page.lines().allMatch(line -> line.length() <= 120), page);
        assertEquals(1, page.lines().filter(line -> line.startsWith("[")).count(), "one note for both\n" + page);
        assertTrue(page.replaceAll("\\s+", " ").contains("[1] " + reason), page);
        for (Capability each : Capability.values()) {
            assertTrue(page.matches("(?s).*\\b" + each + "\\b.*"), page);
        }
    }

    @Test
    void explanationDoesNotTryOutWhatNeedsAFlagToBeTaken() {
        AtomicInteger tries = new AtomicInteger();
        BackendProvider flagged = new Misbehaving("flagged") {
            @Override
            public Availability availability() {
                tries.incrementAndGet();
                return Availability.available();
            }
        };
        BackendCatalog catalog = catalog(Overrides.NONE, flagged, low);

        String page = catalog.explain(Requirements.of(Capability.JAVA_CHANNELS));

        assertEquals(0, tries.get(), page);
        assertTrue(page.contains("flagged  900       not tried  lacks [JAVA_CHANNELS] [1]\n"), page);
        assertTrue(page.contains("low      100       yes        chosen\n"), page);
        assertTrue(page.contains("[1] start the JVM with --flag\n"), page);
        assertTrue(catalog.explain(Requirements.none()).contains("flagged  900       yes        chosen\n"));
        assertEquals(1, tries.get());
    }

    @Test
    void onlyBackendsThatWorkHereAreAdvised() {
        ScriptedProvider elsewhere = new ScriptedProvider("elsewhere", 500, Capability.EDGE, Capability.PRIORITY);
        elsewhere.availability = Availability.unavailable("another system only");
        ScriptedProvider edge = new ScriptedProvider("edge", 300, Capability.EDGE);
        BackendCatalog catalog = catalog(Overrides.NONE, low, high, elsewhere, edge);

        assertEquals("open the backend high or edge instead", catalog.wayTo(Capability.EDGE, "low"));
        assertEquals("open the backend high instead", catalog.wayTo(Capability.EDGE, "edge"));
        assertEquals("no other backend that works here has it", catalog.wayTo(Capability.PRIORITY, "low"));
        assertEquals(
                "no other backend that was found has it, add runtime-native to the path",
                catalog.wayTo(Capability.REGULAR_FILES, "low"));
    }

    @Test
    void emptyCatalogTellsWhatToAdd() {
        assertTrue(catalog(Overrides.NONE).explain(Requirements.none()).contains("runtime-nio"));
    }

    /** A provider to be made wrong in one point. */
    private static class Misbehaving implements BackendProvider {

        private final String name;

        Misbehaving(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int priority() {
            return 900;
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public Availability availability() {
            return Availability.unavailable("misbehaving");
        }

        @Override
        public Backend open(BackendOptions options) {
            throw new AssertionError("opened");
        }

        @Override
        public Optional<String> remedy(Capability missing) {
            return Optional.of("start the JVM with --flag");
        }
    }
}
