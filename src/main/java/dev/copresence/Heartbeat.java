package dev.copresence;

import org.jspecify.annotations.Nullable;

/**
 * "This tab is here, and this is what it does": what a tab says of itself when it joins and each time it beats.
 *
 * @param editing true makes a claim to edit where the tab is, false ends it, null leaves things as they are; a
 *     tab that has lost its lease to another has to say false before true is a claim again
 * @param section where on the page the tab is; null for the page as a whole, or, if {@code editing} is null too, for
 *     where it was. A claim goes with its tab: in another section it is a new one.
 * @param typing whether somebody types there at this moment; it shows for {@link PresenceStore#TYPING}, and false
 *     does not end that
 * @param visible whether somebody can see the tab; a hidden one lives longer without a beat
 * @param listed whether others may see the tab. One that is not listed is in no snapshot and no count, but for as long as it
 *     claims to edit: a lease has a face.
 * @param incarnation which document of the tab speaks, or null for a client whose last call wins
 */
public record Heartbeat(
        TabId tab,
        PagePath page,
        @Nullable Boolean editing,
        @Nullable Section section,
        boolean typing,
        boolean visible,
        boolean listed,
        @Nullable Incarnation incarnation) {

    /** A listed tab that is nowhere in particular on its page, and in which nobody types. */
    public Heartbeat(
            TabId tab, PagePath page, @Nullable Boolean editing, boolean visible, @Nullable Incarnation incarnation) {
        this(tab, page, editing, null, false, visible, true, incarnation);
    }

    /** The same heartbeat without a claim; one that was made before ends with it. */
    public Heartbeat withoutClaim() {
        return new Heartbeat(tab, page, false, section, typing, visible, listed, incarnation);
    }
}
