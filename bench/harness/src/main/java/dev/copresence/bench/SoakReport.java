package dev.copresence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** What a soak showed: which bounds held, and the tables that say so; printed, and kept as Markdown. */
final class SoakReport {

    private final Map<String, String> facts = new LinkedHashMap<>();
    private final List<String> broken = new ArrayList<>();
    private final List<String> held = new ArrayList<>();
    private final Map<String, Map<String, Map<String, String>>> tables = new LinkedHashMap<>();

    void fact(String name, Object value) {
        facts.put(name, value.toString());
    }

    /** @param seen what there was instead, or how near it came */
    void bound(String what, boolean holds, String seen) {
        (holds ? held : broken).add(what + " (" + seen + ")");
    }

    void row(String table, String subject, Map<String, String> figures) {
        tables.computeIfAbsent(table, name -> new LinkedHashMap<>()).put(subject, figures);
    }

    /** True if no bound was broken. */
    boolean publish(SoakOptions options) throws IOException {
        var text = new StringBuilder("# Soaked for " + options.time().toMinutes() + " minutes\n\n");
        text.append(options.users())
                .append(" users with churn, ")
                .append(options.streams())
                .append(" streams, ")
                .append(options.instances())
                .append(" instances of ")
                .append(options.natively() ? "the native executable" : "the jar")
                .append(
                        " over a Redis, a hostile user all the time, all on one machine. Figures of processes are from ")
                .append(options.warmUp().toSeconds())
                .append(" s after their start on.\n\n");
        facts.forEach((name, value) ->
                text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("\n**")
                .append(broken.isEmpty() ? "All bounds held." : broken.size() + " bounds were broken:")
                .append("**\n\n");
        broken.forEach(bound -> text.append("- broken: ").append(bound).append('\n'));
        tables.forEach((name, rows) -> table(text, name, rows));
        text.append("\n## Bounds that held\n\n");
        held.forEach(bound -> text.append("- ").append(bound).append('\n'));
        text.append("\n`bench/run soak --minutes ")
                .append(options.time().toMinutes())
                .append(" --users ")
                .append(options.users())
                .append(options.natively() ? " --native" : "")
                .append("`, ")
                .append(LocalDate.now(ZoneOffset.UTC))
                .append(", ")
                .append(Report.machine())
                .append(".\n");
        System.out.println(text);
        Files.createDirectories(Report.FOLDER);
        Files.writeString(Report.FOLDER.resolve(options.natively() ? "native-soak.md" : "soak.md"), text);
        return broken.isEmpty();
    }

    private static void table(StringBuilder text, String name, Map<String, Map<String, String>> rows) {
        var columns = new LinkedHashSet<String>();
        rows.values().forEach(row -> columns.addAll(row.keySet()));
        text.append("\n## ").append(name).append("\n\n| |");
        columns.forEach(column -> text.append(' ').append(column).append(" |"));
        text.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
        rows.forEach((subject, figures) -> {
            text.append("| ").append(subject).append(" |");
            columns.forEach(column ->
                    text.append(' ').append(figures.getOrDefault(column, "")).append(" |"));
            text.append('\n');
        });
    }
}
