package dev.copresence.access;

/** The rights that somebody may have on a page. */
public enum Right {
    /** The caller may know the page. */
    VIEW(1),

    /** The caller sees who is there. */
    NAMES(1 << 1),

    /** The caller sees initials. */
    INITIALS(1 << 2),

    /** The caller sees how many are there. */
    COUNT(1 << 3),

    /** The caller may edit. */
    EDIT(1 << 4);

    private final int bit;

    Right(int bit) {
        this.bit = bit;
    }

    /** The right as one bit of a set. */
    int bit() {
        return bit;
    }

    /** True if the right is in that set. */
    boolean isIn(int rights) {
        return (rights & bit) != 0;
    }
}
