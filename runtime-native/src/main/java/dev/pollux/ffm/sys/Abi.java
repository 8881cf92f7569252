package dev.pollux.ffm.sys;

import org.jspecify.annotations.Nullable;

/** Which system and which processor this is. Learnt from system properties, so that asking makes no native call. */
public final class Abi {

    /** The system's name, for messages. */
    public static final String OS = System.getProperty("os.name", "unknown");

    public static final boolean LINUX = OS.equals("Linux");

    public static final boolean MACOS = isMacos(OS);

    /** macOS and the BSDs, which share their error numbers as far as {@link Errno} names them. */
    public static final boolean BSD = isBsd(OS);

    /** {@code struct epoll_event} is packed there, and nowhere else. */
    static final boolean X86_64 = isOneOf(System.getProperty("os.arch"), "amd64", "x86_64");

    static final boolean AARCH64 = isOneOf(System.getProperty("os.arch"), "aarch64", "arm64");

    private Abi() {}

    private static boolean isOneOf(@Nullable String architecture, String name, String otherName) {
        return name.equals(architecture) || otherName.equals(architecture);
    }

    static boolean isMacos(String os) {
        return os.startsWith("Mac OS");
    }

    static boolean isBsd(String os) {
        return isMacos(os) || os.endsWith("BSD") || os.equals("DragonFly");
    }

    /** Returns whether this is Linux {@code major.minor} or later. */
    public static boolean isLinuxAtLeast(int major, int minor) {
        return LINUX && isAtLeast(System.getProperty("os.version", ""), major, minor);
    }

    static boolean isAtLeast(String version, int major, int minor) {
        int dot = version.indexOf('.');
        int actual = numberAt(version, 0);
        return actual > major || (actual == major && dot > 0 && numberAt(version, dot + 1) >= minor);
    }

    /** Returns the number that begins at {@code start}, or −1 if none does. */
    private static int numberAt(String text, int start) {
        int end = start;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end == start ? -1 : Integer.parseInt(text, start, end, 10);
    }
}
