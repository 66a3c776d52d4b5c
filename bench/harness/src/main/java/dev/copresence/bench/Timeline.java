package dev.copresence.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What everybody but the hostile user saw, minute by minute, with the planned failures apart.
 *
 * <p>Any thread may tell it; one lock guards all. Moments are those of {@link System#nanoTime}.
 */
final class Timeline {

    /** For how long after a repair what goes wrong is counted to the failure. */
    static final Duration SETTLING = Duration.ofSeconds(10);

    private static final long SLOW = Duration.ofSeconds(1).toNanos();
    private static final long HIGHEST = 120_000_000;

    private final long start = System.nanoTime();
    private final List<Histogram> minutes = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    private final Map<String, Integer> failures = new TreeMap<>();
    private final Map<String, Histogram> delays = new TreeMap<>();

    /** A failure that was planned. */
    static final class Outage {

        final String name;
        final Histogram latencies = new Histogram(HIGHEST, 3);
        final Map<String, Integer> failures = new TreeMap<>();
        private final long begin = System.nanoTime();
        private long repaired = Long.MAX_VALUE;
        private long lastHarm = begin;

        private Outage(String name) {
            this.name = name;
        }

        private boolean meets(long from, long to) {
            return to >= begin && (repaired == Long.MAX_VALUE || from <= repaired + SETTLING.toNanos());
        }

        Duration broken() {
            return Duration.ofNanos(repaired - begin);
        }

        /** How long after the repair somebody was still refused, or waited for more than a second. */
        Duration recovery() {
            return Duration.ofNanos(Math.max(0, lastHarm - repaired));
        }
    }

    synchronized Outage begin(String name) {
        var outage = new Outage(name);
        outages.add(outage);
        return outage;
    }

    synchronized void repaired(Outage outage) {
        outage.repaired = System.nanoTime();
    }

    /** @param failure what went wrong with a call that was due then, or null */
    synchronized void call(long due, String failure) {
        var now = System.nanoTime();
        var micros = Math.min(HIGHEST, (now - due) / 1000);
        for (var outage : outages) {
            if (outage.meets(due, now)) {
                outage.latencies.recordValue(micros);
                if (failure != null) {
                    outage.failures.merge(failure, 1, Integer::sum);
                }
                if (failure != null || now - due > SLOW) {
                    outage.lastHarm = now;
                }
                return;
            }
        }
        if (failure != null) {
            failures.merge(failure, 1, Integer::sum);
        }
        var minute = (int) ((now - start) / Duration.ofMinutes(1).toNanos());
        while (minutes.size() <= minute) {
            minutes.add(new Histogram(HIGHEST, 3));
        }
        minutes.get(minute).recordValue(micros);
    }

    /** Something that took from {@code since} until now, unless there was a failure. */
    synchronized void delay(String what, long since) {
        var now = System.nanoTime();
        if (outages.stream().noneMatch(outage -> outage.meets(since, now))) {
            delays.computeIfAbsent(what, name -> new Histogram(HIGHEST, 3))
                    .recordValue(Math.min(HIGHEST, (now - since) / 1000));
        }
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Latencies in µs of the calls that ended in each minute and met no failure. */
    List<Histogram> minutes() {
        return minutes;
    }

    List<Outage> outages() {
        return outages;
    }

    /** What went wrong outside the failures that were planned, and how often. */
    Map<String, Integer> failures() {
        return failures;
    }

    /** Delays in µs by what was delayed. */
    Map<String, Histogram> delays() {
        return delays;
    }
}
