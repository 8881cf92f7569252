package dev.pollux.ffm.sys;

import java.nio.charset.Charset;

/** Names of files, which to the kernel are bytes. */
public final class FileNames {

    /** What the JDK itself encodes them with. */
    public static final Charset CHARSET = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private FileNames() {}
}
