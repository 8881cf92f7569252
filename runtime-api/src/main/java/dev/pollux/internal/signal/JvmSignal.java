package dev.pollux.internal.signal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * A {@code sun.misc.Signal}, the one way to get a signal in pure Java. Its module {@code jdk.unsupported} exports it to
 * every module, but javac warns of each mention and the warning cannot be suppressed; so it is called by name.
 */
final class JvmSignal {

    private final Object signal;
    private final String name;
    private final int number;

    private JvmSignal(Object signal, String name, int number) {
        this.signal = signal;
        this.name = name;
        this.number = number;
    }

    /**
     * Returns the signal of a name, {@code HUP} or {@code SIGHUP}.
     *
     * @throws IllegalArgumentException if there is no such signal
     */
    static JvmSignal of(String name) {
        String plain = name.startsWith("SIG") ? name.substring("SIG".length()) : name;
        // The JVM keeps handlers by name, so of two names for one number only one may be used.
        String canonical = switch (plain) {
            case "CLD" -> "CHLD";
            case "IOT" -> "ABRT";
            case "POLL" -> "IO";
            default -> plain;
        };
        try {
            Object signal = Calls.SIGNAL.getConstructor(String.class).newInstance(canonical);
            return new JvmSignal(signal, plain, (int) Calls.NUMBER.invoke(signal));
        } catch (InvocationTargetException e) {
            throw unusable(plain, e);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("signals need the module jdk.unsupported", e);
        }
    }

    int number() {
        return number;
    }

    /** Returns a handler that calls {@code arrived}, on a thread of the JVM's. */
    Object handler(Runnable arrived) {
        return Proxy.newProxyInstance(
                JvmSignal.class.getClassLoader(),
                new Class<?>[] {Calls.HANDLER},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "equals" -> arguments != null && arguments[0] == proxy;
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "toString" -> "handler of SIG" + name;
                    default -> {
                        arrived.run();
                        yield null;
                    }
                });
    }

    /**
     * Installs a handler.
     *
     * @return the one that was there
     * @throws IllegalArgumentException if the JVM keeps the signal for itself
     */
    @Nullable
    Object handle(@Nullable Object handler) {
        try {
            return Calls.HANDLE.invoke(null, signal, handler);
        } catch (InvocationTargetException e) {
            throw unusable(name, e);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("signals need the module jdk.unsupported", e);
        }
    }

    /** Sends the signal to this process. */
    void raise() {
        try {
            Calls.RAISE.invoke(null, signal);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("SIG" + name + " cannot be raised", e);
        }
    }

    private static IllegalArgumentException unusable(String name, InvocationTargetException e) {
        Throwable reason = e.getCause();
        return new IllegalArgumentException(
                "SIG" + name + " cannot be listened to: " + (reason == null ? e : reason.getMessage())
                        + "; use another one, for instance HUP or WINCH",
                reason);
    }

    private static final class Calls {

        static final Class<?> HANDLER;
        static final Class<?> SIGNAL;
        static final Method HANDLE;
        static final Method NUMBER;
        static final Method RAISE;

        static {
            try {
                HANDLER = Class.forName("sun.misc.SignalHandler");
                SIGNAL = Class.forName("sun.misc.Signal");
                HANDLE = SIGNAL.getMethod("handle", SIGNAL, HANDLER);
                NUMBER = SIGNAL.getMethod("getNumber");
                RAISE = SIGNAL.getMethod("raise", SIGNAL);
            } catch (ReflectiveOperationException e) {
                throw new UnsupportedOperationException("signals need the module jdk.unsupported", e);
            }
        }
    }
}
