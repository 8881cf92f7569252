package dev.pollux.ffm.internal;

import dev.pollux.Events;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel was told to watch, by descriptor, for calls that cannot be asked. In pages: a lone high number costs a
 * page, not an array up to it.
 */
final class WatchedFds {

    private static final int PAGE_BITS = 9;
    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

    private @Nullable Page[] pages = new Page[0];

    /** Returns what a descriptor is watched for, {@link Events#NONE} if it is not. */
    int events(int fd) {
        Page page = fd >>> PAGE_BITS < pages.length ? pages[fd >>> PAGE_BITS] : null;
        return page == null ? Events.NONE : page.events[fd & PAGE_MASK];
    }

    /** Returns the token of a descriptor that is watched. */
    long token(int fd) {
        Page page = fd >>> PAGE_BITS < pages.length ? pages[fd >>> PAGE_BITS] : null;
        return page == null ? 0 : page.tokens[fd & PAGE_MASK];
    }

    void set(int fd, int events, long token) {
        int index = fd >>> PAGE_BITS;
        if (index >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(index + 1, pages.length * 2));
        }
        Page page = pages[index];
        if (page == null) {
            page = new Page();
            pages[index] = page;
        }
        page.events[fd & PAGE_MASK] = (byte) events;
        page.tokens[fd & PAGE_MASK] = token;
    }

    private static final class Page {

        final byte[] events = new byte[PAGE_MASK + 1];
        final long[] tokens = new long[PAGE_MASK + 1];
    }
}
