package dev.copresence.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Load that does not wait for the server: each request has its moment, and its latency counts from then, whether or not a
 * connection was free (no coordinated omission).
 */
final class OpenLoop {

    private static final int CONNECTIONS = 64;

    private OpenLoop() {}

    /** Latencies in µs of so many requests a second for so long. */
    static Histogram run(Server server, int perSecond, Duration time, LongFunction<Request> requests) {
        var latencies = new ConcurrentHistogram(60_000_000, 3);
        drive(server.port, CONNECTIONS, perSecond * time.toSeconds(), perSecond, requests, latencies);
        return latencies;
    }

    /** Sends the first {@code count} requests as fast as the server takes them from a few connections. */
    static void send(Server server, long count, LongFunction<Request> requests) {
        drive(server.port, 8, count, 0, requests, new ConcurrentHistogram(60_000_000, 3));
    }

    private static void drive(
            int port, int connections, long count, int perSecond, LongFunction<Request> requests, Histogram latencies) {
        var next = new AtomicLong();
        var start = System.nanoTime();
        var threads = Executors.newFixedThreadPool(connections);
        try {
            var workers = new ArrayList<Future<?>>();
            for (var i = 0; i < connections; i++) {
                workers.add(threads.submit(() -> {
                    try (var connection = new Connection(port)) {
                        for (var n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                            var request = requests.apply(n);
                            var due = perSecond == 0 ? System.nanoTime() : start + n * 1_000_000_000L / perSecond;
                            for (var wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                                LockSupport.parkNanos(wait);
                            }
                            connection.call(request);
                            latencies.recordValue((System.nanoTime() - due) / 1000);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
            }
            for (var worker : workers) {
                worker.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
