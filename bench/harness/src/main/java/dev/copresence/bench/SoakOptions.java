package dev.copresence.bench;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/**
 * How long to soak what, and under how many.
 *
 * @param memory what a container of the service would be given, in MiB
 * @param natively true for the native executable, false for the jar
 */
record SoakOptions(Duration time, int users, int streams, int instances, int memory, boolean natively) {

    static final String USAGE = "       bench/run soak [--minutes 20] [--users 1000] [--streams 300] [--instances 2]"
            + " [--memory 512] [--native]";

    /** Exits with the usage if there is an argument that it does not know. */
    static SoakOptions parse(List<String> arguments) {
        var minutes = 20;
        var users = 1_000;
        var streams = 300;
        var instances = 2;
        var memory = 512;
        var natively = false;
        try {
            for (var rest = arguments.iterator(); rest.hasNext(); ) {
                var option = rest.next();
                switch (option) {
                    case "--minutes" -> minutes = positive(rest);
                    case "--users" -> users = positive(rest);
                    case "--streams" -> streams = positive(rest);
                    case "--instances" -> instances = positive(rest);
                    case "--memory" -> memory = positive(rest);
                    case "--native" -> natively = true;
                    default -> throw new IllegalArgumentException(option);
                }
            }
            if (instances < 2 || minutes < 2) {
                throw new IllegalArgumentException("less than two instances, or two minutes");
            }
        } catch (RuntimeException e) {
            System.err.println(e.getMessage() + "\nusage:\n" + USAGE);
            System.exit(2);
        }
        return new SoakOptions(Duration.ofMinutes(minutes), users, streams, instances, memory, natively);
    }

    private static int positive(Iterator<String> arguments) {
        var number = Integer.parseInt(arguments.next());
        if (number < 1) {
            throw new IllegalArgumentException(number + " is not above zero");
        }
        return number;
    }

    /** After what time the code is compiled, the heaps have their size and everybody has come. */
    Duration warmUp() {
        var fifth = time.dividedBy(5);
        return fifth.compareTo(Duration.ofMinutes(3)) < 0 ? fifth : Duration.ofMinutes(3);
    }
}
