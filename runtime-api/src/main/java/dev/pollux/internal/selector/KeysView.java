package dev.pollux.internal.selector;

import dev.pollux.SelectorKey;
import java.nio.channels.ClosedSelectorException;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The registrations as a live map from object to key. Each question to it is a call of the selector. */
final class KeysView extends AbstractMap<Object, SelectorKey> {

    private final KeyTable table;
    private final Ownership ownership;
    private final ToIntFunction<Object> lookUp;

    private KeysView(KeyTable table, Ownership ownership, ToIntFunction<Object> lookUp) {
        this.table = table;
        this.ownership = ownership;
        this.lookUp = lookUp;
    }

    /** @param lookUp finds the slot of an object, or {@link KeyTable#NONE} */
    static Map<Object, SelectorKey> over(KeyTable table, Ownership ownership, ToIntFunction<Object> lookUp) {
        return Collections.unmodifiableMap(new KeysView(table, ownership, lookUp));
    }

    /** Returns what the table says; nothing once the selector is closed, for the view is empty then and does not throw. */
    private <T> Optional<T> ask(Supplier<Optional<T>> question) {
        boolean outermost;
        try {
            outermost = ownership.enter();
        } catch (ClosedSelectorException closed) {
            return Optional.empty();
        }
        try {
            return question.get();
        } finally {
            ownership.exit(outermost);
        }
    }

    @Override
    public int size() {
        return ask(() -> Optional.of(table.size())).orElse(0);
    }

    @Override
    public boolean containsKey(@Nullable Object fileobj) {
        return get(fileobj) != null;
    }

    @Override
    public @Nullable SelectorKey get(@Nullable Object fileobj) {
        return fileobj == null
                ? null
                : ask(() -> {
                            int slot = lookUp.applyAsInt(fileobj);
                            return slot == KeyTable.NONE ? Optional.empty() : Optional.of(table.key(slot));
                        })
                        .orElse(null);
    }

    @Override
    public Set<Entry<Object, SelectorKey>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return KeysView.this.size();
            }

            @Override
            public Iterator<Entry<Object, SelectorKey>> iterator() {
                return new Entries();
            }
        };
    }

    /** Goes through the slots, a key ahead; one that comes or goes meanwhile may or may not be seen. */
    private final class Entries implements Iterator<Entry<Object, SelectorKey>> {

        private int slot = -1;
        private @Nullable SelectorKey ahead = advance();

        private @Nullable SelectorKey advance() {
            return ask(() -> {
                        slot = table.nextUsed(slot + 1);
                        return slot == KeyTable.NONE ? Optional.empty() : Optional.of(table.key(slot));
                    })
                    .orElse(null);
        }

        @Override
        public boolean hasNext() {
            return ahead != null;
        }

        @Override
        public Entry<Object, SelectorKey> next() {
            SelectorKey key = ahead;
            if (key == null) {
                throw new NoSuchElementException();
            }
            ahead = advance();
            return Map.entry(key.fileobj(), key);
        }
    }
}
