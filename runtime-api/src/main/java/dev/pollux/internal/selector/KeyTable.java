package dev.pollux.internal.selector;

import dev.pollux.SelectorKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The registrations of one selector, in slots. Found by slot for each event, by descriptor or by the object's identity
 * for each call. Arrays instead of an object per registration: an event touches two array elements, and 10 000 idle
 * registrations stay small.
 *
 * <p>A token is (generation, slot). Freeing a slot ends its generation, so whatever the kernel still holds of the old
 * registration is distinguished from the slot's next owner.
 */
final class KeyTable {

    /** Where no slot is meant. */
    static final int NONE = SlotStates.NONE;

    private static final int FIRST_CAPACITY = 16;
    private static final int PAGE_BITS = 9;
    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

    private @Nullable SelectorKey[] keys = new SelectorKey[FIRST_CAPACITY];
    final SlotStates states = new SlotStates(FIRST_CAPACITY);
    private int firstFree = NONE;
    private int used;
    private int size;

    // Slot + 1 by descriptor, in pages: a lone high number costs a page, not an array up to it.
    private int[] @Nullable [] pagesByFd = new int[0][];

    // Open addressing with linear probing over identity hashes; slot + 1, so that 0 is an empty bucket.
    private int[] buckets = new int[FIRST_CAPACITY * 2];

    int size() {
        return size;
    }

    /** Returns the end of the slots in use; some below it may be free. */
    int slotLimit() {
        return used;
    }

    /** Returns the first slot in use from {@code slot} on, or {@link #NONE}. */
    int nextUsed(int slot) {
        for (int next = slot; next < used; next++) {
            if (keys[next] != null) {
                return next;
            }
        }
        return NONE;
    }

    /** Returns the key in a slot that is in use. */
    SelectorKey key(int slot) {
        SelectorKey key = keys[slot];
        if (key == null) {
            throw new AssertionError("slot " + slot + " is free");
        }
        return key;
    }

    /** Any thread may ask; the answer to another one than the selector's is without order. */
    @Nullable
    SelectorKey keyOrNull(int slot) {
        @Nullable SelectorKey[] all = keys; // once: for another thread, the next reading may be shorter than the slot
        return slot < all.length ? all[slot] : null;
    }

    long token(int slot) {
        return states.token(slot);
    }

    int findFd(int fd) {
        if (fd < 0 || fd >>> PAGE_BITS >= pagesByFd.length) {
            return NONE;
        }
        int[] page = pagesByFd[fd >>> PAGE_BITS];
        return page == null ? NONE : page[fd & PAGE_MASK] - 1;
    }

    int findObject(Object fileobj) {
        for (int b = bucketOf(fileobj); buckets[b] != 0; b = b + 1 & buckets.length - 1) {
            int slot = buckets[b] - 1;
            if (key(slot).fileobj() == fileobj) {
                return slot;
            }
        }
        return NONE;
    }

    /** Takes a slot for {@code key}; neither its object nor its descriptor may be in the table. */
    int add(SelectorKey key) {
        int slot = firstFree;
        if (slot != NONE) {
            firstFree = states.nextFree(slot);
        } else {
            if (used == keys.length) {
                growSlots();
            }
            slot = used++;
        }
        keys[slot] = key;
        states.use(slot);
        size++;
        if (key.fd() >= 0) {
            setSlotOfFd(key.fd(), slot);
        }
        if (size > buckets.length / 4 * 3) {
            growBuckets();
        } else {
            link(slot, key.fileobj());
        }
        return slot;
    }

    /** Puts another key for the same object and descriptor into a slot. */
    void replace(int slot, SelectorKey key) {
        keys[slot] = key;
    }

    /** Frees a slot and ends its generation. */
    SelectorKey remove(int slot) {
        SelectorKey key = key(slot);
        unlink(slot, key.fileobj());
        if (key.fd() >= 0) {
            setSlotOfFd(key.fd(), NONE);
        }
        keys[slot] = null;
        states.free(slot, firstFree);
        firstFree = slot;
        size--;
        return key;
    }

    private void setSlotOfFd(int fd, int slot) {
        int index = fd >>> PAGE_BITS;
        if (index >= pagesByFd.length) {
            pagesByFd = Arrays.copyOf(pagesByFd, Math.max(index + 1, pagesByFd.length * 2));
        }
        int[] page = pagesByFd[index];
        if (page == null) {
            page = new int[PAGE_MASK + 1];
            pagesByFd[index] = page;
        }
        page[fd & PAGE_MASK] = slot + 1;
    }

    private int bucketOf(Object fileobj) {
        // The low bits of identity hashes are random on HotSpot but not promised to be; one multiplication spreads
        // them.
        return ((System.identityHashCode(fileobj) * 0x9E3779B9) >>> 8) & buckets.length - 1;
    }

    private void link(int slot, Object fileobj) {
        int b = bucketOf(fileobj);
        while (buckets[b] != 0) {
            b = b + 1 & buckets.length - 1;
        }
        buckets[b] = slot + 1;
    }

    /** Takes a slot out and moves later ones of the same run up, so that no run has a hole. */
    private void unlink(int slot, Object fileobj) {
        int mask = buckets.length - 1;
        int hole = bucketOf(fileobj);
        while (buckets[hole] != slot + 1) {
            hole = hole + 1 & mask;
        }
        buckets[hole] = 0;
        for (int b = hole + 1 & mask; buckets[b] != 0; b = b + 1 & mask) {
            int home = bucketOf(key(buckets[b] - 1).fileobj());
            if ((b - home & mask) >= (b - hole & mask)) {
                buckets[hole] = buckets[b];
                buckets[b] = 0;
                hole = b;
            }
        }
    }

    /** By half, because two thirds of the slots are in use then. */
    private void growSlots() {
        int capacity = keys.length + keys.length / 2;
        keys = Arrays.copyOf(keys, capacity);
        states.grow(capacity);
    }

    private void growBuckets() {
        buckets = new int[buckets.length * 2];
        for (int slot = 0; slot < used; slot++) {
            SelectorKey key = keys[slot];
            if (key != null) {
                link(slot, key.fileobj());
            }
        }
    }
}
