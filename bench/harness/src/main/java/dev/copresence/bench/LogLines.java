package dev.copresence.bench;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What instances logged at WARN and above, and all that is no line of JSON, grouped by kind. */
final class LogLines {

    private static final Set<String> QUIET = Set.of("TRACE", "FINEST", "FINER", "FINE", "DEBUG", "CONFIG", "INFO");

    /** What an operator can do something about, with what that is. */
    private static final Map<Pattern, String> MEANT = new LinkedHashMap<>();

    static {
        MEANT.put(Pattern.compile("Redis is away"), "see to Redis");
        MEANT.put(Pattern.compile("Redis announces nothing until it is back"), "see to Redis");
        MEANT.put(Pattern.compile("The clock of this machine is"), "see to NTP");
    }

    private LogLines() {}

    /** How often each kind of line came. */
    static Map<String, Integer> of(List<Path> logs) throws IOException {
        var kinds = new TreeMap<String, Integer>();
        for (var log : logs) {
            for (var line : Files.readAllLines(log)) {
                var kind = kind(line);
                if (kind != null) {
                    kinds.merge(kind, 1, Integer::sum);
                }
            }
        }
        return kinds;
    }

    /** What an operator can do about it, or null if nothing. */
    static String remedy(String kind) {
        return MEANT.entrySet().stream()
                .filter(meant -> meant.getKey().matcher(kind).find())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** The line without what differs from one to the next, or null if it is below WARN. */
    private static String kind(String line) {
        if (line.isBlank()) {
            return null;
        }
        try {
            var json = new JsonObject(line);
            if (QUIET.contains(json.getString("level", ""))) {
                return null;
            }
            var exception = json.getJsonObject("exception", new JsonObject());
            var text = json.getString("level") + " " + json.getString("loggerName") + ": " + json.getString("message")
                    + (exception.isEmpty()
                            ? ""
                            : " | " + exception.getString("exceptionType") + ": " + exception.getString("message"));
            return masked(text);
        } catch (DecodeException | ClassCastException e) {
            return masked("no line of JSON: " + line);
        }
    }

    private static String masked(String text) {
        var masked = text.replaceAll("[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}", "#")
                .replaceAll("\\d+", "#")
                .replaceAll("\\s+", " ")
                .replace("|", "\\|");
        return masked.length() > 220 ? masked.substring(0, 220) + "…" : masked;
    }
}
