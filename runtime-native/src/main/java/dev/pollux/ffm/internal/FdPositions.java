package dev.pollux.ffm.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where in an array a descriptor has its entry; 0 if nowhere. In pages: a lone high number costs a page. */
final class FdPositions {

    private static final int PAGE_BITS = 9;
    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

    private int[] @Nullable [] pages = new int[0][];

    int get(int fd) {
        int index = fd >>> PAGE_BITS;
        int[] page = index < pages.length ? pages[index] : null;
        return page == null ? 0 : page[fd & PAGE_MASK];
    }

    void set(int fd, int position) {
        int index = fd >>> PAGE_BITS;
        if (index >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(index + 1, pages.length * 2));
        }
        int[] page = pages[index];
        if (page == null) {
            page = new int[PAGE_MASK + 1];
            pages[index] = page;
        }
        page[fd & PAGE_MASK] = position;
    }
}
