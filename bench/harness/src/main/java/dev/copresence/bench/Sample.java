package dev.copresence.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;

/** What was read in each of several runs. */
final class Sample {

    private final List<Double> values = new ArrayList<>();

    static Sample of(double value) {
        var sample = new Sample();
        sample.add(value);
        return sample;
    }

    void add(double value) {
        values.add(value);
    }

    double median() {
        var sorted = sorted();
        var middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double min() {
        return sorted().get(0);
    }

    double max() {
        return sorted().get(values.size() - 1);
    }

    /** The two samples' values, run by run. */
    Sample with(Sample other, DoubleBinaryOperator operation) {
        var result = new Sample();
        for (var i = 0; i < values.size(); i++) {
            result.add(operation.applyAsDouble(values.get(i), other.values.get(i)));
        }
        return result;
    }

    /** Median and, of several runs, spread. */
    String text(String unit) {
        var shown = number(median()) + (unit.isEmpty() || unit.equals("×") ? unit : " " + unit);
        return values.size() == 1 ? shown : shown + " (" + number(min()) + " to " + number(max()) + ")";
    }

    private static String number(double value) {
        var size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }

    private List<Double> sorted() {
        var sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted;
    }
}
