package dev.copresence.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Many users for many minutes, a hostile one among them, while an instance is killed and Redis stands still and is
 * killed: whether anything grows, anybody waits, or anything is logged that nobody can do anything about.
 */
final class Soak {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(15);
    private static final Duration PAUSE_OF_REDIS = Duration.ofSeconds(4);
    private static final Duration OUTAGE = Duration.ofSeconds(8);
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(4);
    private static final double MEGA = 1e6;
    private static final double MORE_SHARE = 0.10;
    private static final double MORE_BYTES = 16e6;
    private static final double MORE_REDIS_BYTES = 2e6;
    private static final double MORE_SERIES = 100;
    private static final double MORE_FILES = 200;
    private static final double MORE_THREADS = 20;

    private final SoakOptions options;
    private final SoakReport report = new SoakReport();
    private RedisServer redis;

    private Soak(SoakOptions options) {
        this.options = options;
    }

    /** Says and keeps what was seen; true if all bounds held. */
    static boolean run(Provider provider, SoakOptions options) throws Exception {
        return new Soak(options).run(provider);
    }

    private boolean run(Provider provider) throws Exception {
        // The one after the last is the hostile user's.
        var accounts = provider.accounts(options.users());
        redis = new RedisServer();
        try (var fleet = new Fleet(options, RedisServer.settings())) {
            var timeline = new Timeline();
            var watch = new Watch(timeline, fleet, () -> redis);
            var hostile = new Hostile(fleet, provider, options.users());
            List<String> wrongPages;
            // A start is one, too: the compilers of both instances have seen nothing yet.
            timeline.repaired(timeline.begin("the instances are new, and everybody comes at once"));
            try (var audience = new Audience(fleet, timeline, accounts, options.streams());
                    var crowd = new Crowd(fleet, timeline, accounts)) {
                failures(timeline, fleet);
                await(timeline, 1);
                watch.close();
                crowd.freeze();
                wrongPages = crowd.wrongPages();
                report.fact("Snapshots at streams", audience.events());
                report.fact("Streams that ended and were opened anew", audience.ended());
            } finally {
                hostile.close();
            }
            tell(timeline, watch, hostile, fleet, wrongPages);
        } finally {
            redis.close();
        }
        return report.publish(options);
    }

    /** An instance is killed, Redis is stopped for a moment, and Redis is killed and comes back empty. */
    private void failures(Timeline timeline, Fleet fleet) throws IOException {
        await(timeline, 0.30);
        var killed = timeline.begin("an instance is killed, and started again");
        fleet.kill(0);
        Bench.pause(OUTAGE);
        fleet.start(0);
        timeline.repaired(killed);
        await(timeline, 0.45);
        var paused = timeline.begin("Redis stands still (SIGSTOP)");
        redis.pause();
        Bench.pause(PAUSE_OF_REDIS);
        redis.resume();
        timeline.repaired(paused);
        await(timeline, 0.55);
        var gone = timeline.begin("Redis is killed, and comes back empty");
        redis.close();
        Bench.pause(OUTAGE);
        redis = new RedisServer();
        timeline.repaired(gone);
    }

    private void await(Timeline timeline, double share) {
        var until = Duration.ofMillis((long) (options.time().toMillis() * share));
        System.err.printf("until %.1f min: %s%n", until.toMillis() / 60_000.0, LocalTime.now());
        Bench.pause(until.minus(timeline.elapsed()).isNegative() ? Duration.ZERO : until.minus(timeline.elapsed()));
    }

    // --- What was seen

    private void tell(Timeline timeline, Watch watch, Hostile hostile, Fleet fleet, List<String> wrongPages)
            throws IOException {
        report.fact("Instances started as", fleet.commandLine());
        minutes(timeline.minutes());
        report.bound(
                "calls of everybody else that failed outside the planned failures",
                timeline.failures().isEmpty(),
                timeline.failures().toString());
        outages(timeline.outages());
        timeline.delays().forEach((what, delays) -> {
            report.row("Delays", what, latencies(delays));
            report.bound("p99 of " + what + " below 1 s", isQuick(delays), millis(delays.getValueAtPercentile(99)));
        });
        watch.lives().forEach(this::life);
        report.bound(
                "each page counts who is there, at each instance, at the end",
                wrongPages.isEmpty(),
                wrongPages.size() + " do not, such as "
                        + wrongPages.stream().limit(3).toList());
        hostile.outcomes()
                .forEach((attack, outcomes) ->
                        report.row("The hostile user", attack, Map.of("answers", outcomes.toString())));
        refusals(watch);
        LogLines.of(fleet.logs()).forEach((kind, count) -> {
            var remedy = LogLines.remedy(kind);
            report.row(
                    "Log lines at WARN and above",
                    kind,
                    ordered("count", count.toString(), "what to do", remedy == null ? "nothing" : remedy));
            report.bound(
                    "a log line that an operator can do something about: " + kind, remedy != null, count + " times");
        });
    }

    private void minutes(List<Histogram> minutes) {
        var worst = 0L;
        for (var minute = 0; minute < minutes.size(); minute++) {
            var latencies = minutes.get(minute);
            report.row("Everybody else, minute by minute", "" + (minute + 1), latencies(latencies));
            worst = Math.max(worst, latencies.getValueAtPercentile(99));
        }
        report.bound(
                "p99 of everybody else below 1 s in each minute",
                worst < micros(LONGEST_WAIT),
                "at most " + millis(worst));
    }

    private void outages(List<Timeline.Outage> outages) {
        for (var outage : outages) {
            var figures = latencies(outage.latencies);
            figures.put("broken for", outage.broken().toMillis() / 1000.0 + " s");
            figures.put("failed calls", outage.failures.toString());
            figures.put("recovered after the repair within", outage.recovery().toMillis() / 1000.0 + " s");
            report.row("Planned failures", outage.name, figures);
            report.bound(
                    "recovery within " + LONGEST_RECOVERY.toSeconds() + " s: " + outage.name,
                    outage.recovery().compareTo(LONGEST_RECOVERY) < 0,
                    outage.recovery().toMillis() + " ms");
        }
    }

    private void life(String name, Watch.Life life) {
        var from = life.start + options.warmUp().toSeconds();
        var isRedis = name.startsWith("redis");
        report.bound(name + " did not end by itself", !life.diedByItself, life.diedByItself ? "it did" : "it did not");
        flat(name + ", RSS", life.rss.since(from), isRedis ? Double.MAX_VALUE : MORE_BYTES, MEGA, "MB");
        flat(
                name + (isRedis ? ", used_memory" : ", heap after collections"),
                life.heap.since(from).floors(),
                isRedis ? MORE_REDIS_BYTES : MORE_BYTES,
                MEGA,
                "MB");
        flat(name + ", direct buffers", life.direct.since(from), MORE_BYTES, MEGA, "MB");
        flat(name + ", open files", life.files.since(from), MORE_FILES, 1, "");
        flat(name + ", threads", life.threads.since(from), MORE_THREADS, 1, "");
        flat(name + ", keys", life.keys.since(from), Double.MAX_VALUE, 1, "");
        flat(name + ", series of metrics", life.series.since(from), MORE_SERIES, 1, "");
        var cpu = life.cpu.since(from);
        if (!cpu.isEmpty()) {
            // Microseconds per hour, of which an hour has so many.
            report.row(
                    "Processes",
                    name + ", CPU",
                    Map.of("mean", number(cpu.slopePerHour() / 3600e6 * 100, "% of a core")));
        }
    }

    /** @param more by how much the last quarter may be above the first in any case */
    private void flat(String what, Series figure, double more, double unit, String unitName) {
        if (figure.isEmpty()) {
            return;
        }
        var first = number(figure.firstQuarter() / unit, unitName);
        var last = number(figure.lastQuarter() / unit, unitName);
        report.row(
                "Processes",
                what,
                ordered(
                        "first quarter",
                        first,
                        "last quarter",
                        last,
                        "most",
                        number(figure.max() / unit, unitName),
                        "slope per hour",
                        number(figure.slopePerHour() / unit, unitName)));
        // A shorter life says nothing: the heap still finds its size.
        if (figure.length() >= LONG_ENOUGH.toSeconds()) {
            var allowed = figure.firstQuarter() + Math.max(more, figure.firstQuarter() * MORE_SHARE);
            report.bound(what + ": flat", figure.lastQuarter() <= allowed, first + ", then " + last);
        }
    }

    private void refusals(Watch watch) {
        var reasons = new TreeMap<String, Double>();
        watch.lives()
                .values()
                .forEach(life -> life.refusals.forEach((reason, count) -> reasons.merge(reason, count, Double::sum)));
        reasons.forEach((reason, count) ->
                report.row("Refusals that instances counted", reason, Map.of("count", number(count, ""))));
    }

    private static Map<String, String> latencies(Histogram latencies) {
        return ordered(
                "count", "" + latencies.getTotalCount(),
                "p50", millis(latencies.getValueAtPercentile(50)),
                "p99", millis(latencies.getValueAtPercentile(99)),
                "longest", millis(latencies.getMaxValue()));
    }

    private static boolean isQuick(Histogram latencies) {
        return latencies.getValueAtPercentile(99) < micros(LONGEST_WAIT);
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1000;
    }

    private static String millis(long micros) {
        return number(micros / 1000.0, "ms");
    }

    private static String number(double value, String unit) {
        return Sample.of(value).text(unit);
    }

    private static Map<String, String> ordered(String... pairs) {
        var map = new LinkedHashMap<String, String>();
        for (var i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
