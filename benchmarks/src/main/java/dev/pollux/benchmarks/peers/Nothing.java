package dev.pollux.benchmarks.peers;

/** Waits for nothing, says so and ends: what a JVM takes by itself. */
final class Nothing {

    private Nothing() {}

    public static void main(String[] args) {
        System.out.println("nothing");
    }
}
