package dev.copresence.demo;

import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusedException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The numbers in the head of a request to the demo: what a text was opened under, and what it is written over. */
final class DemoHead {

    static final String FENCE = "Presence-Fence";
    static final String REVISION = "If-Match";

    private static final Pattern NUMBER = Pattern.compile("(\\d{1,18})");
    private static final Pattern TAG = Pattern.compile("\"(\\d{1,18})\"");

    private DemoHead() {}

    /** The fence in the header {@value #FENCE}; refused with 428 if it is missing, and with 400 if it is no number. */
    static long fence(@Nullable String header) {
        return number(FENCE, header, NUMBER, "must be the number of a fence");
    }

    /** The revision in the header {@value #REVISION}; refused with 428 if it is missing, and with 400 if it is none. */
    static long revision(@Nullable String header) {
        return number(REVISION, header, TAG, "must be one revision in quotes, such as \"7\"");
    }

    /** The entity tag of a revision, for {@code ETag}. */
    static String tag(long revision) {
        return "\"" + revision + "\"";
    }

    private static long number(String name, @Nullable String header, Pattern form, String rule) {
        if (header == null) {
            throw new RefusedException(Refusal.PRECONDITION_REQUIRED, "The header " + name + " is missing.");
        }
        var number = form.matcher(header);
        if (!number.matches()) {
            throw new RefusedException(List.of(new Problem.Violation(name, rule)));
        }
        return Long.parseLong(number.group(1));
    }
}
