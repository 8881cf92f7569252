package dev.pollux.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.time.Duration;

/** The operations once more, with a fault in one method; and what uses them, the rules included, as it is. */
public final class MutatedClasses extends ClassLoader {

    private static final String OURS = "dev.pollux.";
    private static final String MACHINE = "dev.pollux.mutants.";
    private static final String OPERATIONS = "dev.pollux.operation.";

    /** Or null for none. */
    private final CodeMutation mutation;

    private boolean mutated;

    MutatedClasses(CodeMutation mutation) {
        super(MutatedClasses.class.getClassLoader());
        this.mutation = mutation;
    }

    /** Returns whether the method to be mutated was met. */
    boolean isMutated() {
        return mutated;
    }

    /** Returns the time after which something that must come is missed. What has a fault need not be waited for long. */
    public Duration patience() {
        return mutation == null ? Duration.ofSeconds(10) : Duration.ofMillis(300);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS) || (name.startsWith(MACHINE) && !name.startsWith(MutatedRules.class.getName()))) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = mutated(name, original(name));
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            return loaded;
        }
    }

    private byte[] original(String name) throws ClassNotFoundException {
        try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new LinkageError(name, e);
        }
    }

    private byte[] mutated(String name, byte[] original) {
        if (mutation == null || !mutation.method().startsWith(simpleName(name) + ".")) {
            return original;
        }
        String method = mutation.method().substring(mutation.method().indexOf('.') + 1);
        // Names of variables would not fit what is left.
        ClassFile file = ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG);
        ClassModel model = file.parse(original);
        return file.transformClass(
                model, ClassTransform.transformingMethodBodies(found -> isToMutate(found, method), mutation.change()));
    }

    private static String simpleName(String name) {
        return name.startsWith(OPERATIONS) ? name.substring(OPERATIONS.length()) : "";
    }

    private boolean isToMutate(MethodModel found, String method) {
        boolean is = found.methodName().equalsString(method);
        mutated |= is;
        return is;
    }
}
