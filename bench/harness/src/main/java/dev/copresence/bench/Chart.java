package dev.copresence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The README's picture: CPU per call, of those of the calls that have been measured, as bars. */
final class Chart {

    private static final Map<String, String> CALLS = new LinkedHashMap<>();

    static {
        CALLS.put("heartbeat", "heartbeat");
        CALLS.put("list", "list, 5 viewers");
        CALLS.put("unchanged", "list, unchanged");
    }

    /** The names under which the service stands in the tables. */
    private static final Set<String> OURS = Set.of("Copresence", "native", "the same on a JVM");

    private static final int WIDTH = 720;
    private static final int LEFT = 150;
    private static final int BAR = 16;
    private static final int GAP = 4;

    private Chart() {}

    private record Bar(String subject, double micros) {}

    static void draw() throws IOException {
        var groups = new LinkedHashMap<String, List<Bar>>();
        for (var call : CALLS.entrySet()) {
            // The measurement of the executable has the JVMs beside it.
            var natively = Report.FOLDER.resolve("native-" + call.getKey() + ".tsv");
            var file = Files.exists(natively) ? natively : Report.FOLDER.resolve(call.getKey() + ".tsv");
            if (Files.exists(file)) {
                groups.put(call.getValue(), bars(Files.readAllLines(file)));
            }
        }
        if (!groups.isEmpty()) {
            Files.writeString(Report.FOLDER.resolve("calls.svg"), svg(groups));
        }
    }

    private static List<Bar> bars(List<String> lines) {
        return lines.stream()
                .map(line -> line.split("\t"))
                .filter(fields -> fields[1].equals("CPU per call"))
                .map(fields -> new Bar(fields[0], Double.parseDouble(fields[3])))
                .toList();
    }

    private static String svg(Map<String, List<Bar>> groups) {
        var most = groups.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Bar::micros)
                .max()
                .orElse(1);
        var shapes = new ArrayList<String>();
        var y = 34;
        for (var group : groups.entrySet()) {
            shapes.add(text("group", 0, y + BAR - 3, group.getKey()));
            y += BAR + GAP;
            for (var bar : group.getValue()) {
                var width = Math.max(1, bar.micros() / most * (WIDTH - LEFT - 70));
                shapes.add(text("label", 12, y + BAR - 4, bar.subject()));
                shapes.add(String.format(
                        Locale.ROOT,
                        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>",
                        OURS.contains(bar.subject()) ? "ours" : "other",
                        LEFT,
                        y,
                        width,
                        BAR));
                shapes.add(text(
                        "label",
                        LEFT + (int) width + 6,
                        y + BAR - 4,
                        String.format(Locale.ROOT, "%.1f µs", bar.micros())));
                y += BAR + GAP;
            }
            y += GAP * 3;
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
                <title>CPU of the server per call, in µs; less is better</title>
                <style>
                text { font: 13px system-ui, sans-serif; fill: #1f2328 }
                .group { font-weight: 600 }
                .ours { fill: #0969da }
                .other { fill: #afb8c1 }
                @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .ours { fill: #4493f8 } .other { fill: #57606a } }
                </style>
                <text x="0" y="16">CPU of the server per call, in µs; less is better</text>
                %3$s
                </svg>
                """.formatted(WIDTH, y, String.join("\n", shapes));
    }

    private static String text(String style, int x, int y, String text) {
        return "<text class=\"" + style + "\" x=\"" + x + "\" y=\"" + y + "\">" + text + "</text>";
    }
}
