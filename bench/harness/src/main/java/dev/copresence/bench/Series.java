package dev.copresence.bench;

import java.util.ArrayList;
import java.util.List;

/** A figure over time, and whether it grows. */
final class Series {

    private final List<double[]> points = new ArrayList<>();

    void add(double seconds, double value) {
        points.add(new double[] {seconds, value});
    }

    boolean isEmpty() {
        return points.isEmpty();
    }

    double max() {
        return points.stream().mapToDouble(point -> point[1]).max().orElse(0);
    }

    /** From that moment on. */
    Series since(double seconds) {
        var rest = new Series();
        points.stream().filter(point -> point[0] >= seconds).forEach(rest.points::add);
        return rest;
    }

    /** How long it was looked at, in seconds. */
    double length() {
        return points.get(points.size() - 1)[0] - points.get(0)[0];
    }

    /** The lowest in each eighth of the time: of a heap about what is left after a collection. */
    Series floors() {
        var floors = new Series();
        for (var part = 0; part < 8 && !points.isEmpty(); part++) {
            var from = points.get(0)[0] + length() * part / 8;
            var to = points.get(0)[0] + length() * (part + 1) / 8;
            points.stream()
                    .filter(point -> point[0] >= from && point[0] <= to)
                    .min((one, other) -> Double.compare(one[1], other[1]))
                    .ifPresent(point -> floors.add(point[0], point[1]));
        }
        return floors;
    }

    double firstQuarter() {
        return mean(0, Math.max(1, points.size() / 4));
    }

    double lastQuarter() {
        return mean(points.size() - Math.max(1, points.size() / 4), points.size());
    }

    private double mean(int from, int to) {
        return points.subList(from, to).stream()
                .mapToDouble(point -> point[1])
                .average()
                .orElse(0);
    }

    /** By how much it grows in an hour, by the least squares. */
    double slopePerHour() {
        var middle = points.stream().mapToDouble(point -> point[0]).average().orElse(0);
        var mean = mean(0, points.size());
        var up = 0.0;
        var along = 0.0;
        for (var point : points) {
            up += (point[0] - middle) * (point[1] - mean);
            along += (point[0] - middle) * (point[0] - middle);
        }
        return along == 0 ? 0 : up / along * 3600;
    }
}
