package dev.pollux;

import org.jspecify.annotations.Nullable;

/**
 * One registration, as a value: {@link EventSelector#modify modify} makes a new key, it never changes one.
 *
 * @param fileobj the object that was registered
 * @param fd its descriptor, or −1 for a Java channel whose descriptor this JVM does not reveal
 * @param events the interest, {@link Events} bits with their modes
 * @param data what the caller attached; the selector never reads it
 */
public record SelectorKey(
        Object fileobj, int fd, int events, @Nullable Object data) {

    @Override
    public String toString() {
        return "SelectorKey[fileobj=" + fileobj + ", fd=" + fd + ", events=" + Events.toString(events) + ", data="
                + data + "]";
    }
}
