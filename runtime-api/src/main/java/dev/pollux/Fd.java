package dev.pollux;

/**
 * A descriptor given as a bare number. Two with the same number are equal and name the same registration.
 *
 * @param fd the descriptor, not negative
 */
public record Fd(int fd) implements HasFd {

    /**
     * Wraps a number.
     *
     * @throws IllegalArgumentException if {@code fd} is negative
     */
    public Fd {
        if (fd < 0) {
            throw new IllegalArgumentException("fd " + fd + " is negative; descriptors count from 0");
        }
    }

    /**
     * Returns the descriptor {@code fd} as something that can be registered.
     *
     * @throws IllegalArgumentException if {@code fd} is negative
     */
    public static Fd of(int fd) {
        return new Fd(fd);
    }
}
