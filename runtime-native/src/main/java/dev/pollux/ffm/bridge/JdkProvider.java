package dev.pollux.ffm.bridge;

import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import sun.reflect.ReflectionFactory;

/**
 * The provider that the JDK would use. Without access to its package there is one way to it if another provider was named for the
 * JVM: {@link SelectorProvider#provider} then returns that one, and nothing else in the JDK returns its own.
 */
final class JdkProvider {

    /** As {@code sun.nio.ch.DefaultSelectorProvider} chooses on Linux, macOS and Windows. None of them has any state. */
    private static final List<String> CLASSES = List.of(
            "sun.nio.ch.EPollSelectorProvider",
            "sun.nio.ch.KQueueSelectorProvider",
            "sun.nio.ch.WEPollSelectorProvider");

    private JdkProvider() {}

    /**
     * Returns it although its classes are not accessible.
     *
     * @param instead the provider that asks
     */
    static SelectorProvider withoutFlag(SelectorProvider instead) {
        SelectorProvider ofJvm = SelectorProvider.provider();
        if (ofJvm != null && ofJvm != instead && !(ofJvm instanceof PolluxSelectorProvider)) {
            return ofJvm;
        }
        for (String name : CLASSES) {
            try {
                return make(Class.forName(name).asSubclass(SelectorProvider.class));
            } catch (ClassNotFoundException e) {
                // That of another system.
            }
        }
        throw new IllegalStateException(
                "this JDK has no selector provider of a known name; start the JVM without the property java.nio.channels.spi.SelectorProvider");
    }

    /** As deserialization makes an object whose class is not its own to access. */
    private static SelectorProvider make(Class<? extends SelectorProvider> type) {
        try {
            return type.cast(ReflectionFactory.getReflectionFactory()
                    .newConstructorForSerialization(type, Object.class.getConstructor())
                    .newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "without its flags the provider needs module jdk.unsupported, which this JVM is without; add the flags, "
                            + "or --add-modules jdk.unsupported",
                    e);
        }
    }
}
