package dev.pollux;

/**
 * One entry of what a select reported.
 *
 * @param key the registration
 * @param ready the directions that are ready, all of them asked for, plus {@link Events#ERROR},
 *     {@link Events#HANGUP} and {@link Events#INVALID} where the backend reports them; never empty
 */
public record Ready(SelectorKey key, int ready) {

    /** Returns whether {@link Events#READ} is among the ready directions. */
    public boolean isReadable() {
        return (ready & Events.READ) != 0;
    }

    /** Returns whether {@link Events#WRITE} is among the ready directions. */
    public boolean isWritable() {
        return (ready & Events.WRITE) != 0;
    }

    @Override
    public String toString() {
        return "Ready[key=" + key + ", ready=" + Events.toString(ready) + "]";
    }
}
