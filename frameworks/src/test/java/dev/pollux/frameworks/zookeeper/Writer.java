package dev.pollux.frameworks.zookeeper;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** A client that creates nodes one after the other, each until the servers have acknowledged it. */
final class Writer implements Callable<Void> {

    static final int SESSION_MILLIS = 10_000;

    private final String addresses;
    private final String parent;
    private final int count;
    private final AtomicLong acknowledged;
    private final AtomicLong losses;

    Writer(String addresses, String parent, int count, AtomicLong acknowledged, AtomicLong losses) {
        this.addresses = addresses;
        this.parent = parent;
        this.count = count;
        this.acknowledged = acknowledged;
        this.losses = losses;
    }

    static String name(int number) {
        return "n" + number;
    }

    static byte[] content(String path) {
        return ("of " + path).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Void call() throws Exception {
        ZooKeeper client = connect();
        try {
            create(client, parent);
            for (int i = 0; i < count; ) {
                try {
                    create(client, parent + "/" + name(i));
                    acknowledged.incrementAndGet();
                    i++;
                } catch (KeeperException.ConnectionLossException e) {
                    losses.incrementAndGet();
                } catch (KeeperException.SessionExpiredException e) {
                    losses.incrementAndGet();
                    client.close();
                    client = connect();
                }
            }
        } finally {
            client.close();
        }
        return null;
    }

    private ZooKeeper connect() throws Exception {
        return new ZooKeeper(addresses, SESSION_MILLIS, event -> {});
    }

    /** After a lost connection the node may be there. It can be no one else's. */
    private static void create(ZooKeeper client, String path) throws Exception {
        try {
            client.create(path, content(path), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            // Acknowledged now.
        }
    }
}
