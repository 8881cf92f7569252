package dev.pollux.loop;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * {@code sun.misc.Signal}, the one way to get a signal in pure Java. Its module {@code jdk.unsupported} exports it to
 * every module, but javac warns of each mention, which no annotation silences; so it is called by name.
 */
final class JvmSignal {

    private JvmSignal() {}

    /**
     * Has {@code arrived} called, on a thread of the JVM's, when the signal arrives.
     *
     * @return what handled it before, for {@link #restore}
     * @throws IllegalArgumentException if there is no such signal, or the JVM keeps it for itself
     */
    static Object handle(String name, Runnable arrived) {
        Object handler = Proxy.newProxyInstance(
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
        return Calls.handle(name, handler);
    }

    static void restore(String name, Object before) {
        Calls.handle(name, before);
    }

    private static final class Calls {

        static final Class<?> HANDLER;
        private static final Class<?> SIGNAL;
        private static final Method HANDLE;

        static {
            try {
                HANDLER = Class.forName("sun.misc.SignalHandler");
                SIGNAL = Class.forName("sun.misc.Signal");
                HANDLE = SIGNAL.getMethod("handle", SIGNAL, HANDLER);
            } catch (ReflectiveOperationException e) {
                throw new UnsupportedOperationException("signals need the module jdk.unsupported", e);
            }
        }

        static Object handle(String name, Object handler) {
            try {
                return HANDLE.invoke(null, SIGNAL.getConstructor(String.class).newInstance(name), handler);
            } catch (InvocationTargetException e) {
                throw new IllegalArgumentException(
                        "SIG" + name + " cannot be listened to: there is no such signal here, or the JVM keeps it",
                        e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new UnsupportedOperationException("signals need the module jdk.unsupported", e);
            }
        }
    }
}
