package dev.copresence.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The tags of representations (RFC 9110, section 8.8.3): how they are made, and those of an {@code If-None-Match} header (RFC 9110, section 13.1.2), compared weakly as that section has it. */
final class EntityTags {

    private static final Pattern TAG = Pattern.compile("(?:W/)?\"([^\"]*)\"");

    private static final int BYTES = 12;

    private EntityTags() {}

    /** The tag of what these bytes make up one after the other: equal bytes have equal tags, on every instance. */
    static String of(byte[]... parts) {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            for (var part : parts) {
                hash.update(part);
            }
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash.digest(), BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** True if a body says that its sender knows what has the tag; it may name that bare or as the header has it. */
    static boolean isKnown(@Nullable String known, String etag) {
        return known != null && (known.equals(etag) || known.equals('"' + etag + '"'));
    }

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
