package dev.pollux;

/**
 * Something with a descriptor that the process has open; an object that implements it can be registered.
 *
 * <p>The selector neither owns nor closes the descriptor. Unregister before closing: the kernel may give the number to
 * another file at once.
 */
@FunctionalInterface
public interface HasFd {

    /**
     * Returns the descriptor; negative once there is none. What it throws passes unchanged to the caller of the
     * selector's method. It must not call the selector that is asking: that throws {@link IllegalStateException}.
     */
    int fd();
}
