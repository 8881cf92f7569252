package dev.pollux.ffm.sys;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which system and which processor this is. Learnt from system properties, so that asking makes no native call. */
public final class Abi {

    /** The system's name, for messages. */
    public static final String OS = System.getProperty("os.name", "unknown");

    public static final boolean LINUX = OS.equals("Linux");

    public static final boolean MACOS = isMacos(OS);

    /** macOS and the BSDs, which share their error numbers as far as {@link Errno} names them. */
    public static final boolean BSD = isBsd(OS);

    /** {@code struct epoll_event} is packed there, and nowhere else. */
    static final boolean X86_64 = System.getProperty("os.arch", "").matches("amd64|x86_64");

    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

    private Abi() {}

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
        Matcher numbers = VERSION.matcher(version);
        if (!numbers.matches()) {
            return false;
        }
        int actual = Integer.parseInt(numbers.group(1));
        return actual > major || (actual == major && Integer.parseInt(numbers.group(2)) >= minor);
    }
}
