package dev.pollux.simulation;

import java.io.IOException;
import java.io.InputStream;

/** The classes under test once more, instrumented; and those that drive them, as they are. */
final class SimulatedClasses extends ClassLoader {

    private static final String OURS = "dev.pollux.";
    private static final String MACHINE = "dev.pollux.simulation.";
    private static final String WORLD = "dev.pollux.simulation.world.";

    private final Instrumentation instrumentation;

    SimulatedClasses(Mutation mutation) {
        super(SimulatedClasses.class.getClassLoader());
        this.instrumentation = new Instrumentation(
                new VolatileFields(name -> isUnderTest(name.replace('/', '.')) ? bytes(name) : null), mutation);
    }

    /** Returns whether the method to be mutated was met. */
    boolean isMutated() {
        return instrumentation.isMutated();
    }

    private static boolean isUnderTest(String name) {
        return name.startsWith(OURS) && !name.startsWith(MACHINE);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean tested = isUnderTest(name);
        if (!tested && !name.startsWith(WORLD)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = bytes(name.replace('.', '/'));
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] defined = tested ? instrumentation.instrument(bytes) : bytes;
                loaded = defineClass(name, defined, 0, defined.length);
            }
            return loaded;
        }
    }

    private byte[] bytes(String internalName) {
        try (InputStream file = getParent().getResourceAsStream(internalName + ".class")) {
            return file == null ? null : file.readAllBytes();
        } catch (IOException e) {
            throw new LinkageError(internalName, e);
        }
    }
}
