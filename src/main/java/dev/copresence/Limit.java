package dev.copresence;

/** What there can be too much of. */
public enum Limit {
    TABS_PER_USER("this user has too many open tabs"),
    CALLS_PER_USER("this user has too many calls under way"),
    STREAMS_PER_USER("this user has too many open streams"),
    STREAMS("the service keeps as many streams as it may"),
    TABS("the service keeps as many tabs as it may");

    private final String sentence;

    Limit(String sentence) {
        this.sentence = sentence;
    }

    /** What has run out, in words for the caller. */
    public String sentence() {
        return sentence;
    }
}
