package dev.copresence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A scenario's table, printed and kept as Markdown for people and as tab-separated values for {@link Chart}. */
final class Report {

    static final Path FOLDER = Bench.HOME.resolve("results");

    private final String scenario;
    private final String what;
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    private final List<String> columns = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    Report(String scenario, String what) {
        this.scenario = scenario;
        this.what = what;
    }

    void add(String subject, String figure, String unit, double value) {
        add(subject, figure, unit, Sample.of(value));
    }

    void add(String subject, String figure, String unit, Sample sample) {
        if (!columns.contains(figure)) {
            columns.add(figure);
        }
        rows.computeIfAbsent(subject, name -> new LinkedHashMap<>()).put(figure, sample.text(unit));
        values.add(String.format(
                Locale.ROOT,
                "%s\t%s\t%s\t%.4g\t%.4g\t%.4g",
                subject,
                figure,
                unit,
                sample.median(),
                sample.min(),
                sample.max()));
    }

    void publish() throws IOException {
        var text = new StringBuilder(what).append("\n\n| |");
        columns.forEach(column -> text.append(' ').append(column).append(" |"));
        text.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
        rows.forEach((subject, figures) -> {
            text.append("| ").append(subject).append(" |");
            columns.forEach(column ->
                    text.append(' ').append(figures.getOrDefault(column, "")).append(" |"));
            text.append('\n');
        });
        text.append("\n`bench/run ")
                .append(scenario)
                .append("`, ")
                .append(LocalDate.now(ZoneOffset.UTC))
                .append(", ")
                .append(machine())
                .append(".\n");
        System.out.println(text);
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve(scenario + ".md"), text);
        Files.write(FOLDER.resolve(scenario + ".tsv"), values);
    }

    static String machine() throws IOException {
        var cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse("unknown processor");
        return cpu + ", " + Runtime.getRuntime().availableProcessors() + " cores, Linux "
                + System.getProperty("os.version") + ", JDK " + System.getProperty("java.version");
    }
}
