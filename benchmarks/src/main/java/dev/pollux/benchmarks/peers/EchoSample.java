package dev.pollux.benchmarks.peers;

/**
 * What a server did while it was measured.
 *
 * @param bytesPerRequest what its loop thread has allocated; NaN if that is not known
 */
record EchoSample(EchoLoad.Result result, double bytesPerRequest) {

    double cpuMicros() {
        return result.cpuNanos() / 1e3 / result.requests();
    }

    double requestsPerSecond() {
        return result.requests() * 1e9 / result.elapsedNanos();
    }

    double p50Micros() {
        return result.p50Nanos() / 1e3;
    }

    double p99Micros() {
        return result.p99Nanos() / 1e3;
    }

    double p999Micros() {
        return result.p999Nanos() / 1e3;
    }
}
