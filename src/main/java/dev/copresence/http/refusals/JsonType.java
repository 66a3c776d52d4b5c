package dev.copresence.http.refusals;

import java.util.List;
import java.util.regex.Pattern;

/** The media type that a body must have: {@code application/json}, which has no charset but may say UTF-8 (RFC 8259). */
public final class JsonType {

    private static final String PLAIN = "application/json";

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /** The type and its parameters: the only one that is allowed to say anything is the charset. */
    private static final Pattern WITH_PARAMETERS = Pattern.compile(
            PLAIN + "(?:[ \\t]*;[ \\t]*(?:charset=(?:\"utf-8\"|utf-8)|(?!charset=)" + TOKEN + "=(?:" + TOKEN
                    + "|\"[^\"\\\\]*\"))?)*+[ \\t]*",
            Pattern.CASE_INSENSITIVE);

    private JsonType() {}

    /** True if there is one such value, and it is that type. */
    public static boolean isOf(List<String> contentTypes) {
        if (contentTypes.size() != 1) {
            return false;
        }
        var type = contentTypes.get(0);
        return type.equals(PLAIN) || WITH_PARAMETERS.matcher(type).matches();
    }
}
