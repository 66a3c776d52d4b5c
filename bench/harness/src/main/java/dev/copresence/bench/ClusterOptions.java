package dev.copresence.bench;

import java.time.Duration;
import java.util.List;

/**
 * How many tabs to keep over which cluster.
 *
 * @param watched pages with an open stream
 * @param batch heartbeats in one request
 * @param kill whether a node is killed in the middle
 */
record ClusterOptions(int tabs, Duration time, int watched, int nodes, int batch, boolean kill) {

    static final String USAGE = "       bench/run cluster [--tabs 1000000] [--minutes 10] [--watched 10000] [--nodes 3]"
            + " [--batch 50] [--kill]";

    /** Exits with the usage if there is an argument that it does not know. */
    static ClusterOptions parse(List<String> arguments) {
        var tabs = 1_000_000;
        var minutes = 10;
        var watched = 10_000;
        var nodes = 3;
        var batch = 50;
        var kill = false;
        try {
            for (var rest = arguments.iterator(); rest.hasNext(); ) {
                var option = rest.next();
                switch (option) {
                    case "--tabs" -> tabs = Integer.parseInt(rest.next());
                    case "--minutes" -> minutes = Integer.parseInt(rest.next());
                    case "--watched" -> watched = Integer.parseInt(rest.next());
                    case "--nodes" -> nodes = Integer.parseInt(rest.next());
                    case "--batch" -> batch = Integer.parseInt(rest.next());
                    case "--kill" -> kill = true;
                    default -> throw new IllegalArgumentException(option);
                }
            }
            if (tabs < 1000 || minutes < 1 || nodes < 3 || batch < 1 || batch > 50) {
                throw new IllegalArgumentException("at least 1000 tabs, 1 minute, 3 nodes and 1 heartbeat, 50 at most");
            }
        } catch (RuntimeException e) {
            System.err.println(e.getMessage() + "\nusage:\n" + USAGE);
            System.exit(2);
        }
        return new ClusterOptions(tabs, Duration.ofMinutes(minutes), watched, nodes, batch, kill);
    }
}
