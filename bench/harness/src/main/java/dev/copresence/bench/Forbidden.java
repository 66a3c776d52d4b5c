package dev.copresence.bench;

import java.io.IOException;
import java.util.List;

/** What the time of a refusal tells: pages that are not for the caller, with and without people, asked for in turns. */
final class Forbidden {

    private static final int WARM_UP = 5_000;
    private static final int PAIRS = 2_000;
    private static final int PEOPLE = 100;

    private Forbidden() {}

    static void time(Provider provider) throws IOException {
        try (var ours = Server.copresence(
                        "-Dcopresence.access.rules[0].paths=/u/{user}/**", "-Dcopresence.access.rules[0].view=self");
                var connection = new Connection(ours.port)) {
            var accounts = provider.accounts(3);
            var crowded = "/u/" + accounts.get(1).id() + "/a";
            var empty = "/u/" + accounts.get(2).id() + "/a";
            for (var n = 0; n < PEOPLE; n++) {
                connection.call(Tab.of(accounts.get(1), n, crowded).join());
            }
            var report = new Report(
                    "forbidden",
                    PAIRS + " pairs of calls that are refused with 403: of a page with " + PEOPLE
                            + " tabs and of one where nobody is, in turns, on one connection.");
            var asker = accounts.get(0);
            compare(
                    report,
                    "list",
                    connection,
                    Tab.of(asker, 1_000, crowded).list(null),
                    Tab.of(asker, 1_000, empty).list(null));
            compare(
                    report,
                    "heartbeat",
                    connection,
                    Tab.of(asker, 1_000, crowded).heartbeat(null),
                    Tab.of(asker, 1_001, empty).heartbeat(null));
            report.publish();
        }
    }

    private static void compare(Report report, String call, Connection connection, Request crowded, Request empty)
            throws IOException {
        var times = List.of(new Sample(), new Sample());
        for (var pair = -WARM_UP; pair < PAIRS; pair++) {
            // Who goes first changes, so that being second does not count.
            var first = Math.floorMod(pair, 2);
            for (var which : List.of(first, 1 - first)) {
                var start = System.nanoTime();
                var answer = connection.exchange(which == 0 ? crowded : empty);
                var micros = (System.nanoTime() - start) / 1e3;
                if (Connection.status(answer) != 403) {
                    throw new IOException(answer);
                }
                if (pair >= 0) {
                    times.get(which).add(micros);
                }
            }
        }
        report.add(call, "with people", "µs", times.get(0).median());
        report.add(call, "with nobody", "µs", times.get(1).median());
        report.add(
                call,
                "of one another",
                "×",
                times.get(0).median() / times.get(1).median());
    }
}
