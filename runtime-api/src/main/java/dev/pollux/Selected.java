package dev.pollux;

import java.util.List;

/**
 * What {@link Selectors#select} found, each list in the order in which it was asked.
 *
 * @param readable those of the first list that can be read: data, the end of it, a connection to accept, or an error
 * @param writable those of the second list that can be written, or have an error
 * @param exceptional those of the third list that have urgent data
 */
public record Selected(List<Object> readable, List<Object> writable, List<Object> exceptional) {

    /** Takes copies of the lists. */
    public Selected {
        readable = List.copyOf(readable);
        writable = List.copyOf(writable);
        exceptional = List.copyOf(exceptional);
    }

    /** Returns whether nothing is ready. */
    public boolean isEmpty() {
        return readable.isEmpty() && writable.isEmpty() && exceptional.isEmpty();
    }
}
