package dev.copresence.bench;

/**
 * A user of the bench.
 *
 * @param token an RS256 token that the {@link Provider} signed for them
 */
record Account(String id, String name, String avatar, String token) {

    static String id(int number) {
        return "user-%06d".formatted(number);
    }

    static String name(int number) {
        return "User %06d".formatted(number);
    }

    static String avatar(int number) {
        return "https://example.org/avatars/%06d.png".formatted(number);
    }
}
