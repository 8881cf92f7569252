package dev.pollux.internal.executor;

/** What {@link VirtualTimeClasses} calls in the place of the JDK's list of threads per executor, which is not exported. */
public final class VirtualThreadContainer {

    private VirtualThreadContainer() {}

    public static VirtualThreadContainer create(String name) {
        return new VirtualThreadContainer();
    }

    public void start(Thread thread) {
        thread.start();
    }

    public void close() {}
}
