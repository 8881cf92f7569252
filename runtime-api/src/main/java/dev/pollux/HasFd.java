package dev.pollux;

/**
 * Something with a descriptor that the process has open; whatever implements it can be registered.
 *
 * <p>The selector neither owns nor closes the descriptor. Unregister before closing: the kernel may give the number to
 * somebody else at once.
 */
@FunctionalInterface
public interface HasFd {

    /**
     * Returns the descriptor; negative once there is none. What it throws passes unchanged to the caller of
     * {@link EventSelector#register}.
     */
    int fd();
}
