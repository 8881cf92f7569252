package dev.pollux.tck.rules;

import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Fd;
import dev.pollux.NotRegisteredException;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** KEY: looking registrations up. */
public interface KeyRules extends RuleGroup {

    @Test
    @Rule("KEY-1")
    default void keyFindsByTheObject() throws IOException {
        Object source = sources().duplex().fileobj();
        SelectorKey key = selector().register(source, READ, "data");

        assertSame(key, selector().key(source));
    }

    @Test
    @Rule("KEY-1")
    default void keyFindsByTheDescriptor() throws IOException {
        fixture().descriptors();
        Object source = sources().duplex().fileobj();
        SelectorKey key = selector().register(source, READ, "data");

        assertSame(key, selector().key(Fd.of(key.fd())));
        assertSame(key, selector().keys().get(Fd.of(key.fd())));
        assertTrue(selector().keys().containsKey(Fd.of(key.fd())));
    }

    @Test
    @Rule("KEY-1")
    @SuppressWarnings("NullAway") // what is tested
    default void keyOfTheUnknownIsRefused() throws IOException {
        Object source = sources().duplex().fileobj();

        fixture()
                .assertRefused(
                        NotRegisteredException.class,
                        () -> selector().key(source),
                        source,
                        "not registered",
                        "register it first");
        fixture().assertRefused(NotRegisteredException.class, () -> selector().key("nothing"), "nothing");
        fixture().assertRefused(NullPointerException.class, () -> selector().key(null), "fileobj");
    }

    @Test
    @Rule("KEY-2")
    default void keysAgreesWithTheRegistrationsAtAnyMoment() throws IOException {
        Map<Object, SelectorKey> view = selector().keys();
        Map<Object, SelectorKey> expected = new HashMap<>();
        List<Object> sources = List.of(
                sources().duplex().fileobj(),
                sources().duplex().fileobj(),
                sources().reader().fileobj());
        assertSameMap(expected, view);

        for (Object source : sources) {
            expected.put(source, selector().register(source, READ, "data"));
            assertSameMap(expected, view);
        }
        expected.put(sources.get(1), selector().modify(sources.get(1), WRITE));
        assertSameMap(expected, view);
        for (Object source : sources) {
            selector().unregister(source);
            expected.remove(source);
            assertSameMap(expected, view);
            assertFalse(view.containsKey(source));
            assertNull(view.get(source));
        }
    }

    private static void assertSameMap(Map<Object, SelectorKey> expected, Map<Object, SelectorKey> view) {
        assertEquals(expected.size(), view.size());
        assertEquals(expected.isEmpty(), view.isEmpty());
        assertEquals(expected, view);
        assertEquals(expected.keySet(), new HashSet<>(view.keySet()));
        assertEquals(new HashSet<>(expected.values()), new HashSet<>(view.values()));
        expected.forEach((source, key) -> {
            assertSame(key, view.get(source));
            assertTrue(view.containsKey(source));
            assertTrue(view.containsValue(key));
        });
    }

    @Test
    @Rule("KEY-2")
    default void keysDoesNotKnowStrangers() throws IOException {
        selector().register(sources().duplex().fileobj(), READ, null);
        Map<Object, SelectorKey> view = selector().keys();

        for (Object stranger : new Object[] {"nothing", 7, sources().duplex().fileobj(), Fd.of(999)}) {
            assertNull(view.get(stranger));
            assertFalse(view.containsKey(stranger));
        }
    }

    @Test
    @Rule("KEY-2")
    default void keysCannotBeChanged() throws IOException {
        Object source = sources().duplex().fileobj();
        SelectorKey key = selector().register(source, READ, null);
        Map<Object, SelectorKey> view = selector().keys();
        Map<String, Executable> mutators = Map.ofEntries(
                Map.entry("put", () -> view.put(source, key)),
                Map.entry("putAll", () -> view.putAll(Map.of(source, key))),
                Map.entry("putIfAbsent", () -> view.putIfAbsent("new", key)),
                Map.entry("remove", () -> view.remove(source)),
                Map.entry("clear", view::clear),
                Map.entry("computeIfAbsent", () -> view.computeIfAbsent("new", x -> key)),
                Map.entry("merge", () -> view.merge(source, key, (a, b) -> b)),
                Map.entry("replaceAll", () -> view.replaceAll((a, b) -> b)),
                Map.entry("keySet.remove", () -> view.keySet().remove(source)),
                Map.entry(
                        "keySet.iterator.remove",
                        () -> removeFirst(view.keySet().iterator())),
                Map.entry("values.remove", () -> view.values().remove(key)),
                Map.entry("values.removeIf", () -> view.values().removeIf(any -> true)),
                Map.entry("entrySet.clear", () -> view.entrySet().clear()),
                Map.entry(
                        "entrySet.iterator.remove",
                        () -> removeFirst(view.entrySet().iterator())),
                Map.entry(
                        "entry.setValue",
                        () -> view.entrySet().iterator().next().setValue(key)));

        mutators.forEach((name, mutator) -> assertThrows(UnsupportedOperationException.class, mutator, name));

        assertEquals(Map.of(source, key), view);
        assertSame(key, selector().key(source));
    }

    private static void removeFirst(Iterator<?> iterator) {
        iterator.next();
        iterator.remove();
    }

    @Test
    @Rule("KEY-2")
    default void keysTakenBeforeCloseIsEmptyAfterIt() throws IOException {
        Object source = sources().duplex().fileobj();
        selector().register(source, READ, null);
        Map<Object, SelectorKey> view = selector().keys();

        selector().close();

        assertEquals(0, view.size());
        assertEquals(Set.of(), view.keySet());
        assertNull(view.get(source));
        assertFalse(view.containsKey(source));
        assertFalse(view.entrySet().iterator().hasNext());
    }

    @Test
    @Rule({"KEY-2", "CLO-1"})
    default void keysIsEmptyAfterCloseWhoeverIsStillInside() throws IOException {
        Object source = sources().writer().fileobj();
        selector().register(source, WRITE, null);
        Map<Object, SelectorKey> view = selector().keys();

        selector().select(fixture().soon(), (key, ready) -> {
            Future<Map<Object, SelectorKey>> closing = fixture().background(() -> {
                selector().close();
                assertFalse(view.containsKey(source));
                assertNull(view.get(source));
                return new HashMap<>(view);
            });
            assertEquals(Map.of(), assertDoesNotThrow(() -> fixture().result(closing)));
        });
    }

    @Test
    @Rule("KEY-2")
    default void keysCanBeGoneThroughWhileItIsEmptied() throws IOException {
        for (int i = 0; i < 10; i++) {
            selector().register(sources().reader().fileobj(), READ, i);
        }

        for (SelectorKey key : selector().keys().values()) {
            selector().unregister(key.fileobj());
        }

        assertEquals(Map.of(), selector().keys());
    }
}
