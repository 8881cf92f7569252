package dev.pollux.tck.model;

import java.util.Arrays;

/**
 * What flows from one end of a pair to the other: the bytes of every send, as many as its position said were taken, in order. Of
 * a send in flight no one knows how many those are, so bytes may be received before it is known which.
 *
 * <p><b>Thread:</b> one at a time.
 */
final class ByteFlow {

    private byte[] bytes = new byte[1024];
    private int accepted;
    private int received;
    private int underWay;
    private int made;

    /** Whether nothing follows on what was accepted, but for sends in flight. */
    boolean ended;

    /** Whether the end that receives is closed: what was sent may be lost, and a send may fail. */
    boolean abandoned;

    /** Whether the end that sends was closed in such a way that a reset may cut off what was sent. */
    boolean cut;

    private boolean endSeen;

    /** Returns the bytes of a send that begins. */
    byte[] next(int count) {
        byte[] next = new byte[count];
        for (int i = 0; i < count; i++, made++) {
            next[i] = (byte) (made * 31 + made / 251);
        }
        underWay += count;
        return next;
    }

    /** A send of {@code sent} is over, of which the first {@code count} bytes were taken. */
    void accept(byte[] sent, int count, Object by) {
        underWay -= sent.length;
        int different = put(sent, count, accepted, received);
        accepted += count;
        if (different >= 0) {
            throw new AssertionError(
                    "OP-2: byte " + different + " of " + by + " arrives as another one, or not in order");
        }
        if (received > accepted + underWay) {
            throw new AssertionError("OP-5: " + by + " says it has sent " + count + " bytes, but "
                    + (received - accepted - underWay) + " more were received");
        }
        if (endSeen && accepted > received && !cut) {
            throw new AssertionError("OP-4: " + by + " has sent bytes that come after the end of the input");
        }
    }

    void receive(byte[] part, String rule, Object by) {
        int different = put(part, part.length, received, accepted);
        received += part.length;
        if (different >= 0) {
            throw new AssertionError(rule + ": byte " + different + " of " + by
                    + " is not the next one that was sent: bytes are lost," + " doubled or out of order");
        }
        if (received > accepted + underWay) {
            throw new AssertionError(
                    rule + ": " + by + " has " + (received - accepted - underWay) + " bytes more than were sent");
        }
        if (endSeen && part.length > 0) {
            throw new AssertionError("OP-4: " + by + " receives bytes after the end of the input");
        }
    }

    void receiveEnd(Object by) {
        if (!ended) {
            throw new AssertionError("OP-4: " + by + " is at the end of an input that has none");
        }
        if (received < accepted && !cut) {
            throw new AssertionError(
                    "OP-3: " + by + " is at the end, but " + (accepted - received) + " bytes were never received");
        }
        endSeen = true;
    }

    /** Puts bytes to where they belong; of those before {@code known} returns the first that differs, or −1. */
    private int put(byte[] from, int count, int at, int known) {
        if (at + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * (at + count));
        }
        int compared = Math.max(0, Math.min(count, known - at));
        int different = Arrays.mismatch(bytes, at, at + compared, from, 0, compared);
        System.arraycopy(from, 0, bytes, at, count);
        return different;
    }

    /** Returns how many bytes are known to wait for a receive. */
    int waiting() {
        return accepted - received;
    }

    /** Returns how many bytes may be in the kernel, or on their way there. */
    int outstanding() {
        return accepted + underWay - received;
    }

    /** Returns whether no send is in flight that has anything to send. */
    boolean isStill() {
        return underWay == 0;
    }

    @Override
    public String toString() {
        return accepted + " bytes sent, " + underWay + " under way, " + received + " received"
                + (ended ? ", ended" : "");
    }
}
