package dev.copresence;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Somebody as others may see them: the id, a name of at most {@value #MAX_NAME_LENGTH} characters and, where there is
 * one, the address of a picture. All of it is vouched for by the identity provider.
 *
 * @param avatar an absolute https URL, or null where there is no picture
 */
public record User(UserId id, String name, @Nullable String avatar) {

    public static final int MAX_NAME_LENGTH = 256;

    private static final int MAX_AVATAR_LENGTH = 2048;

    /** Cuts a name that is too long, takes the id for a blank or broken one, and drops what is no picture's address. */
    public User {
        name = name.isBlank() || !Text.isWellFormed(name) ? id.value() : name;
        name = Text.cut(name.strip(), MAX_NAME_LENGTH).stripTrailing();
        avatar = avatar != null && isPictureAddress(avatar) ? avatar : null;
    }

    private static boolean isPictureAddress(String address) {
        if (address.length() > MAX_AVATAR_LENGTH || !Text.isWellFormed(address)) {
            return false;
        }
        try {
            var uri = new URI(address);
            return "https".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
