package dev.copresence.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** What it costs to tell many streams of a change of their page, and how long it takes. */
final class FanOut {

    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(60);
    private static final String[] SETTINGS = {
        "-Dcopresence.ttl=2h", "-Dcopresence.away-ttl=2h", "-Dcopresence.push.coalesce=50ms"
    };

    private FanOut() {}

    static void fanOut(Provider provider) throws IOException {
        var report = new Report(
                "fan-out",
                "CPU per event delivered to one stream, beside a Vert.x program that writes the same bytes to as many "
                        + "sockets, and the delay from the call that changes the page to the end of the event at each stream. The pages have 5 and 100 "
                        + "viewers; a page is sent at most every 50 ms here, not 250, to have more events to measure.");
        for (var streams : List.of(1_000, 5_000)) {
            for (var viewers : List.of(5, 100)) {
                fanOut(provider, streams, viewers, report);
                // So far, since the larger ones take minutes.
                report.publish();
            }
        }
    }

    private static void fanOut(Provider provider, int streams, int viewers, Report report) throws IOException {
        try (var ours = Server.copresence(SETTINGS);
                var writer = Server.bareWriter("bare writer")) {
            var accounts = provider.accounts(5_000);
            var page = "/fan-out";
            var steady = IntStream.range(0, viewers)
                    .mapToObj(n -> Tab.of(accounts.get(n), n, page))
                    .toList();
            Calls.join(ours, steady);
            var guest = Tab.of(accounts.get(4_999), 4_999, page);
            var open = IntStream.range(0, streams)
                    .mapToObj(n -> Request.stream(page, accounts.get(n)))
                    .toList();
            try (var theirs = new Subscribers(writer, open, false);
                    var mine = new Subscribers(ours, open, true);
                    var change = new Connection(ours.port);
                    var publish = new Connection(writer.port)) {
                theirs.readFor(Duration.ofSeconds(1));
                var list = change.call(guest.list(null));
                var snapshot = list.substring(list.indexOf("\r\n\r\n") + 4);
                var event = Request.post(
                        "publish", "", "event: snapshot\nid: UQiNV1gM6svz-MA2\ndata: " + snapshot + "\n\n");
                var calls = List.of(guest.join(), guest.leave());
                var changes = streams >= 5_000 ? 10 : 50;
                var delays = new Histogram(60_000_000, 3);
                run(ours, mine, change, calls, changes, new Histogram(60_000_000, 3));
                run(writer, theirs, publish, List.of(event), changes, new Histogram(60_000_000, 3));
                var cost = new Sample();
                var bare = new Sample();
                for (var i = 0; i < Bench.runs(5); i++) {
                    cost.add(run(ours, mine, change, calls, changes, delays));
                    bare.add(run(writer, theirs, publish, List.of(event), changes, new Histogram(60_000_000, 3)));
                }
                var before = mine.events();
                for (var i = 0; i < 1_000; i++) {
                    change.call(steady.get(i % viewers).heartbeat(null));
                }
                mine.readFor(Duration.ofSeconds(1));
                var subject = String.format("%,d streams, %d viewers", streams, viewers);
                report.add(subject, "CPU per event", "µs", cost);
                report.add(subject, "bare writer", "µs", bare);
                report.add(subject, "ratio", "×", cost.with(bare, (a, b) -> a / b));
                report.add(subject, "delay p50", "ms", delays.getValueAtPercentile(50) / 1000.0);
                report.add(subject, "delay p99", "ms", delays.getValueAtPercentile(99) / 1000.0);
                report.add(subject, "bytes per event", "", event.text().length());
                report.add(subject, "events of 1,000 heartbeats", "", mine.events() - before);
            }
        }
    }

    /** CPU of the server's process for each event at each stream, in µs. */
    private static double run(
            Server server,
            Subscribers subscribers,
            Connection connection,
            List<Request> calls,
            int changes,
            Histogram delays)
            throws IOException {
        var before = server.cpuMicros();
        var total = subscribers.events();
        for (var i = 0; i < changes; i++) {
            var start = System.nanoTime();
            connection.call(calls.get(i % calls.size()));
            total += subscribers.size();
            subscribers.await(total, delays, start);
            Bench.pause(BETWEEN_CHANGES);
        }
        return (double) (server.cpuMicros() - before) / changes / subscribers.size();
    }

    static void memory(Provider provider) throws IOException {
        var report = new Report(
                "streams-memory",
                "Resident memory of 5,000 open streams of as many users on one page, "
                        + "beside what the warm process had before; JVM with " + String.join(" ", Memory.SMALL) + ".");
        try (var ours = Server.copresence("Copresence", 18080, Memory.SMALL, Server.longLives())) {
            var accounts = provider.accounts(5_000);
            var page = "/fan-out";
            var steady = IntStream.range(0, 100)
                    .mapToObj(n -> Tab.of(accounts.get(n), n, page))
                    .toList();
            Calls.join(ours, steady);
            // Warm and with its young generation touched, so that what comes is the streams'.
            OpenLoop.send(ours, 100_000, n -> steady.get((int) (n % 100)).heartbeat(null));
            var before = ours.rss();
            var open = IntStream.range(0, 5_000)
                    .mapToObj(n -> Request.stream(page, accounts.get(n)))
                    .toList();
            try (var streams = new Subscribers(ours, open, true);
                    var change = new Connection(ours.port)) {
                var guest = Tab.of(accounts.get(4_999), 4_999, page);
                var total = streams.events();
                for (var i = 0; i < 20; i++) {
                    change.call(i % 2 == 0 ? guest.join() : guest.leave());
                    total += streams.size();
                    streams.await(total, null, 0);
                    Bench.pause(Duration.ofMillis(260));
                }
                report.add("5,000 streams", "RSS before", "MB", before / 1e6);
                report.add("5,000 streams", "RSS with them", "MB", ours.rss() / 1e6);
                report.add("5,000 streams", "more", "MB", (ours.rss() - before) / 1e6);
            }
        }
        report.publish();
    }
}
