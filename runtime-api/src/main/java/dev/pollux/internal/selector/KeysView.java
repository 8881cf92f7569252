package dev.pollux.internal.selector;

import dev.pollux.SelectorKey;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The registrations as a live map from object to key. */
final class KeysView extends AbstractMap<Object, SelectorKey> {

    private final KeyedSelector selector;

    private KeysView(KeyedSelector selector) {
        this.selector = selector;
    }

    static Map<Object, SelectorKey> over(KeyedSelector selector) {
        return Collections.unmodifiableMap(new KeysView(selector));
    }

    @Override
    public int size() {
        return selector.registered();
    }

    @Override
    public boolean containsKey(@Nullable Object fileobj) {
        return get(fileobj) != null;
    }

    @Override
    public @Nullable SelectorKey get(@Nullable Object fileobj) {
        return fileobj == null ? null : selector.peek(fileobj);
    }

    @Override
    public Set<Entry<Object, SelectorKey>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return selector.registered();
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
            slot = selector.nextRegistered(slot + 1);
            return slot == KeyTable.NONE ? null : selector.keyInSlot(slot);
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
