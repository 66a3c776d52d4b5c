package dev.copresence.http;

import dev.copresence.PresenceStore;

/** The texts by which the description of the API tells of fields that several bodies have. */
final class FieldTexts {

    static final String PAGE_PATH = "The page: an absolute path, in any spelling that a browser shows as that URL.";
    static final String TAB_ID = "The tab: a UUID of its own for each browser tab.";
    static final String IS_VISIBLE = "Whether somebody can see the tab; true if absent. A hidden one lives longer.";
    static final String IS_LISTED =
            "Whether others may see the tab; true if absent. False, for whom copresence.access.may-hide"
                    + " names, keeps it out of all lists and counts while it does not claim to edit.";
    static final String AS_UNLISTED = "False shows no more of the page than an unlisted tab sees; true if absent.";
    static final String IS_REQUESTED =
            "True while somebody has asked for the lease of the page, or of a section of it, and"
                    + " waits for an answer; absent otherwise.";
    static final String SECTION =
            "Where on the page the tab is: 1 to 128 characters without white space, such as the id of"
                    + " a heading; without it on the page as a whole. Each section has a lease of its own.";
    static final String LEASE_SECTION = "Whose lease it is about; without it that of the page as a whole.";
    static final String IS_TYPING = "True if somebody types now; it shows for " + PresenceStore.TYPING_SECONDS
            + " s. One such call of a tab counts in " + PresenceStore.TYPING_PACE_SECONDS + " s.";
    static final String INCARNATION = "A number that grows with each document of the tab (performance.timeOrigin): "
            + "late messages of an older document then change nothing. At most a day ahead of the time, in ms since 1970.";

    private FieldTexts() {}
}
