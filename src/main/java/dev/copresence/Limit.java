package dev.copresence;

/** The things of which there can be too many. */
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

    /** A sentence for the caller that says what has run out. */
    public String sentence() {
        return sentence;
    }
}
