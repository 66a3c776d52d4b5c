package dev.copresence.http;

import java.util.List;
import java.util.regex.Pattern;

/** The tags of an {@code If-None-Match} header (RFC 9110, section 13.1.2), compared weakly as that section has it. */
final class EntityTags {

    private static final Pattern TAG = Pattern.compile("(?:W/)?\"([^\"]*)\"");

    private EntityTags() {}

    /**
     * True if one of the header's values is {@code *} or holds the tag. What is not a tag matches nothing.
     *
     * @param etag without quotes
     */
    static boolean include(List<String> values, String etag) {
        for (var value : values) {
            if (value.strip().equals("*")) {
                return true;
            }
            var tags = TAG.matcher(value);
            while (tags.find()) {
                if (tags.group(1).equals(etag)) {
                    return true;
                }
            }
        }
        return false;
    }
}
