package dev.pollux.internal.executor;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * Loads the JDK's {@link ScheduledThreadPoolExecutor} a second time, under another name and with {@link VirtualSystem} in
 * the place of {@link System}: its own code, but a clock that a test can move. Only names in the constant pools differ.
 */
final class VirtualTimeClasses extends ClassLoader {

    private static final String JDK = "java/util/concurrent/";
    private static final String HERE = VirtualTimeClasses.class.getPackageName().replace('.', '/') + "/";
    private static final String COPY = HERE + "jdk/";

    /** Those that see each other's package-private parts or types. */
    private static final String[] COPIED = {
        "ScheduledThreadPoolExecutor", "ThreadPoolExecutor", "RejectedExecutionHandler"
    };

    VirtualTimeClasses() {
        super(VirtualTimeClasses.class.getClassLoader());
        Module here = VirtualSystem.class.getModule();
        if (here.isNamed()) {
            here.addExports(VirtualTimeClasses.class.getPackageName(), getUnnamedModule());
        }
    }

    Class<?> executor() throws ClassNotFoundException {
        return loadClass((COPY + "ScheduledThreadPoolExecutor").replace('/', '.'));
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String simpleName = name.substring(name.lastIndexOf('.') + 1);
        try (InputStream original = ScheduledThreadPoolExecutor.class.getResourceAsStream(simpleName + ".class")) {
            if (original == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] copy = renamed(original);
            return defineClass(name, copy, 0, copy.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** Goes through the constant pool, JVM specification 4.4, and renames what its strings name. */
    private static byte[] renamed(InputStream original) throws IOException {
        DataInputStream in = new DataInputStream(original);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(copy);
        out.writeLong(in.readLong());
        int count = in.readUnsignedShort();
        out.writeShort(count);
        for (int index = 1; index < count; index++) {
            int tag = in.readUnsignedByte();
            out.writeByte(tag);
            if (tag == 1) {
                out.writeUTF(renamed(in.readUTF()));
            } else {
                out.write(in.readNBytes(sizeOf(tag)));
            }
            if (tag == 5 || tag == 6) {
                index++;
            }
        }
        in.transferTo(out);
        return copy.toByteArray();
    }

    private static int sizeOf(int tag) {
        return switch (tag) {
            case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
            case 5, 6 -> 8;
            case 7, 8, 16, 19, 20 -> 2;
            case 15 -> 3;
            default -> throw new IllegalStateException("constant of the unknown kind " + tag);
        };
    }

    private static String renamed(String constant) {
        if (constant.equals("java/lang/System")) {
            return HERE + "VirtualSystem";
        }
        String renamed = constant.replace("jdk/internal/vm/SharedThreadContainer", HERE + "VirtualThreadContainer");
        for (String name : COPIED) {
            renamed = renamed.replace(JDK + name, COPY + name);
        }
        return renamed;
    }
}
