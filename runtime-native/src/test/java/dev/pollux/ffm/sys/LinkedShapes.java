package dev.pollux.ffm.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Links every function of this package, those of other systems included, and prints each shape that the JVM has linked, as
 * the metadata of GraalVM has it. To be started with {@code --add-opens java.base/jdk.internal.foreign.abi=ALL-UNNAMED}:
 * only the JVM's own cache has them all.
 */
final class LinkedShapes {

    private static final Map<MemoryLayout, String> NAMES = Map.of(
            ValueLayout.JAVA_SHORT, "jshort",
            ValueLayout.JAVA_INT, "jint",
            ValueLayout.JAVA_LONG, "jlong",
            ValueLayout.ADDRESS, "void*");

    private LinkedShapes() {}

    public static void main(String[] args) throws Throwable {
        SymbolLookup system = Libc.symbols;
        Libc.symbols = name -> system.find(name).or(() -> system.find("getpid"));
        for (String name : classesOf(args[0])) {
            for (Field field : Class.forName(name).getDeclaredFields()) {
                if (field.getType() == Transfer.class && Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    ((Transfer) field.get(null)).guarded();
                }
            }
        }
        // As on a system where the kernel is not called by number.
        try (Arena arena = Arena.ofConfined()) {
            Syscall.of("getpid", -1, -1).repeat(new Errno(arena), 0, 0, 0, 0, 0, 0);
        }
        linked().forEach(System.out::println);
    }

    private static List<String> classesOf(String classes) throws IOException {
        String folder = LinkedShapes.class.getPackageName().replace('.', '/');
        try (Stream<Path> files = Files.list(Path.of(classes, folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
                    .map(name -> LinkedShapes.class.getPackageName() + "." + name.replace(".class", ""))
                    .toList();
        }
    }

    private static Set<String> linked() throws ReflectiveOperationException {
        Linker linker = Linker.nativeLinker();
        Object downcalls = field(Class.forName("jdk.internal.foreign.abi.AbstractLinker"), "DOWNCALL_CACHE", linker);
        Map<?, ?> requests = (Map<?, ?>) field(downcalls.getClass(), "cache", downcalls);
        Set<String> shapes = new TreeSet<>();
        for (Object request : requests.keySet()) {
            shapes.add(json((FunctionDescriptor) call(request, "descriptor"), call(request, "options")));
        }
        return shapes;
    }

    private static String json(FunctionDescriptor type, Object options) throws ReflectiveOperationException {
        String result = type.returnLayout().map(LinkedShapes::name).orElse("\"void\"");
        String parameters =
                type.argumentLayouts().stream().map(LinkedShapes::name).collect(Collectors.joining(", ", "[", "]"));
        String captures = (boolean) call(options, "hasCapturedCallState") ? "\"captureCallState\": true" : "";
        String variadic = (boolean) call(options, "isVariadicFunction")
                ? "\"firstVariadicArg\": " + call(options, "firstVariadicArgIndex")
                : "";
        String both =
                Stream.of(captures, variadic).filter(each -> !each.isEmpty()).collect(Collectors.joining(", "));
        return "{ \"returnType\": " + result + ", \"parameterTypes\": " + parameters
                + (both.isEmpty() ? "" : ", \"options\": { " + both + " }") + " }";
    }

    private static String name(MemoryLayout layout) {
        String name = NAMES.get(layout.withoutName());
        if (name == null) {
            throw new AssertionError("a layout without a name in the metadata: " + layout);
        }
        return '"' + name + '"';
    }

    private static Object field(Class<?> type, String name, Object of) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    private static Object call(Object on, String name) throws ReflectiveOperationException {
        Method method = on.getClass().getDeclaredMethod(name);
        method.setAccessible(true);
        return method.invoke(on);
    }
}
