package dev.copresence;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The place where presence is kept: which tabs are on which page until when, and who claims to edit it.
 *
 * <p>A tab is known by its user and its id together, is on one page, and lives through the last millisecond of its life
 * and no longer, whether or not anybody has swept: what has expired by the {@code now} of a call is invisible to it. A
 * {@code now} that is older than one the store has seen counts as the newest seen. Whatever changes a page's snapshot
 * announces the page, and what leaves it equal does not; announcements may still be late, doubled, or lost until the next sweep,
 * so whoever listens reads the page again.
 */
public interface PresenceStore {

    /** The seconds of {@link #TYPING}, for texts. */
    int TYPING_SECONDS = 6;

    /** The time for which somebody who types is shown as typing. */
    Duration TYPING = Duration.ofSeconds(TYPING_SECONDS);

    /** The seconds of {@link #TYPING_PACE}, for texts. */
    int TYPING_PACE_SECONDS = 3;

    /** The time after a tab was heard to say that somebody types, in which it is not heard again: it shows anyway. */
    Duration TYPING_PACE = Duration.ofSeconds(TYPING_PACE_SECONDS);

    /** The time in which others, once shown another name or picture of a user, are shown no third one. */
    Duration RENAME_PACE = Duration.ofSeconds(5);

    /** The time, from the call on, for which a leave stands against a late heartbeat of the document that left. */
    Duration LEAVE_REMEMBERED = Duration.ofSeconds(10);

    /**
     * Brings a tab to its page, or keeps it there, for {@code life} from {@code now}.
     *
     * <p>A call of an older incarnation than the tab's newest changes nothing, and so does a heartbeat ({@code !joining})
     * for the page that this incarnation of the tab has left last, for {@link #LEAVE_REMEMBERED}, wherever the tab went
     * since. No more leaves of a user are remembered than they may have tabs; the oldest are forgotten first.
     *
     * <p>As long as the user has a live tab, others see the name and the picture that count most of all that were stated with
     * such a call, see {@link User#with}, whatever this one states. One that is another than before shows at the earliest
     * {@link #RENAME_PACE} after the last such change, with the next call that states it.
     *
     * @return the page afterwards; fails with {@link LimitExceededException}, and changes nothing, if the tab is new and
     *     there is no room for it
     */
    Uni<HeartbeatAnswer> renew(User user, Heartbeat heartbeat, boolean joining, Duration life, Instant now);

    /**
     * Ends a tab's presence on the page that it leaves; nothing if it is not there.
     *
     * @param grace how long the tab stays as it is before that, if it lives so long, unless it joins again; zero for at
     *     once
     */
    Uni<Void> leave(User user, Leave leave, Duration grace, Instant now);

    /**
     * Does what a tab says about a lease.
     *
     * <p>A lease belongs to the oldest claim of its page or section, unless it was handed or taken over: the new holder's
     * claim then counts as the oldest, and the old holder's ends. That tab is told by its renewals that it has lost the
     * lease, and its {@code editing} is no claim, until it says that it does not edit, speaks with another incarnation,
     * goes elsewhere or is gone. A request ends when it is answered, when the asker's claim does, and when the holder is
     * another; it is answered within {@code lasts}, and no later than that the lease is handed over, after the lives that
     * end in that millisecond have ended. A holder who asks for what it has, and an asker who asks again, change nothing.
     *
     * <p>A take-over that lasts is a request by a claim, made for it if there is none, which the holder cannot refuse. It takes the
     * place of a request and of a refusal that stand, but not of another take-over. When the holder's claim ends, the lease
     * is that of who takes it over, before all who wait. A take-over that lasts no time is done at once, whatever stands.
     *
     * @param lasts how long a request or a take-over waits for an answer, or a refusal stands; zero for what does not last
     * @return how things stand afterwards; fails with {@link LeaseRefusedException}, and changes nothing, if they are not
     *     so that this can be done
     */
    Uni<LeaseAnswer> command(User user, LeaseCommand command, Duration lasts, Instant now);

    /** The lease of a page, or of a section of it if one is given; empty if nobody holds it. */
    Uni<Optional<Lease>> lease(PagePath page, @Nullable Section section, Instant now);

    /** The page as others see it; while nothing changes it may be the same object each time. */
    Uni<PresenceSnapshot> read(PagePath page, Instant now);

    /** The moment at which the tab was last renewed, a leave being no renewal; empty if it is not alive. */
    Uni<Optional<Instant>> lastSeen(UserId user, TabId tab, Instant now);

    /**
     * Gives back what has expired and announces the pages where it was. Its cost follows what expires, not what lives. It also
     * announces each watched page that has changed elsewhere although that was not heard, so an announcement that was lost is made
     * up for by the next sweep.
     *
     * @return the numbers of what the store holds afterwards
     */
    Uni<Occupancy> sweep(Instant now);

    /** The numbers of what the store holds, including what has expired but was not swept yet. */
    Uni<Occupancy> occupancy();

    /**
     * The pages with tabs, shown or not, whose paths go on behind {@code prefix} with a slash, in the order of their paths, the
     * first {@code most} of them. Those whose tabs have expired but were not swept yet are among them.
     */
    Uni<List<PagePath>> pagesUnder(PagePath prefix, int most);

    /**
     * Tells {@code listener}, on any thread, of each page whose snapshot a call of this store changes from now on, and of
     * each watched page that changes elsewhere.
     */
    void onChange(Consumer<PagePath> listener);

    /**
     * Tells {@code listener}, on any thread, of each take-over that has lasted and is done by a call of this store, whoever made
     * the call. One that is done at once is told by its answer alone.
     */
    void onTakeOver(Consumer<TakenOver> listener);

    /** Asks for the changes of a page that are made elsewhere. A page that is watched twice has to be closed twice. */
    Watch watch(PagePath page);

    /** Somebody's interest in a page. */
    interface Watch extends AutoCloseable {

        /** Ends it; nothing the second time. */
        @Override
        void close();
    }
}
