package dev.copresence.store.memory;

import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.LeaseRefusedException.Reason;
import dev.copresence.Section;
import dev.copresence.User;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The rules of what tabs say about a lease: who may say it when, and what follows. */
final class LeaseCommands {

    private final Leases leases;

    LeaseCommands(Leases leases) {
        this.leases = leases;
    }

    /**
     * Does what a tab says about a lease.
     *
     * @param tab the tab, or null if it is not on the page
     * @param claims the claims that the command is about, or null if there are none
     * @param lastsMillis how long a request or a take-over waits for an answer, or a refusal stands
     * @return the user whom the lease has gone from, or null if it has not, or was free
     * @throws LeaseRefusedException if it cannot be done as things stand; nothing has changed then
     */
    @Nullable
    User carryOut(LeaseCommand command, @Nullable TabEntry tab, @Nullable Claims claims, long now, long lastsMillis) {
        if (tab == null) {
            throw refused(Reason.NO_CLAIM, claims);
        }
        if (command.kind() == LeaseCommand.Kind.TAKE_OVER) {
            return takeOver(tab, command.section(), claims, now, lastsMillis);
        }
        if (claims == null || !claims.contains(tab)) {
            throw refused(Reason.NO_CLAIM, claims);
        }
        if (command.kind() == LeaseCommand.Kind.REQUEST) {
            request(tab, claims, now, lastsMillis);
            return null;
        }
        var request = requestTo(tab, claims);
        if (command.kind() == LeaseCommand.Kind.KEEP) {
            if (request.firm()) {
                throw refused(Reason.MUST_YIELD, claims);
            }
            claims.keep(now + lastsMillis - 1);
            return null;
        }
        leases.handedOver += request.firm() ? 0 : 1;
        claims.pass(request.asker());
        return tab.user.shown;
    }

    private static void request(TabEntry tab, Claims claims, long now, long lastsMillis) {
        var standing = claims.request();
        if (claims.holds(tab) || standing != null && standing.asker() == tab) {
            return;
        }
        if (standing != null) {
            throw refused(Reason.REQUESTED_BY_OTHER, claims, standing.left(now));
        }
        if (!claims.keptFor(now).isZero()) {
            throw refused(Reason.EDITOR_KEEPS, claims, claims.keptFor(now));
        }
        claims.ask(tab, false, now + lastsMillis - 1);
    }

    /** The request that the tab, as the holder, is to answer. */
    private static LeaseRequest requestTo(TabEntry tab, Claims claims) {
        if (!claims.holds(tab)) {
            throw refused(Reason.NOT_EDITOR, claims);
        }
        var request = claims.request();
        if (request == null) {
            throw refused(Reason.NOT_REQUESTED, claims);
        }
        return request;
    }

    private @Nullable User takeOver(
            TabEntry tab, @Nullable Section section, @Nullable Claims claims, long now, long lastsMillis) {
        if (claims != null && claims.holds(tab)) {
            return null;
        }
        var standing = claims == null ? null : claims.request();
        if (standing != null && standing.firm() && lastsMillis > 0) {
            if (standing.asker() != tab) {
                throw refused(Reason.REQUESTED_BY_OTHER, claims, standing.left(now));
            }
            return null;
        }
        var page = tab.page();
        page.goToSection(tab, section);
        if (claims != null && lastsMillis == 0) {
            return takeOverNow(tab, claims);
        }
        tab.acknowledgeLoss();
        page.claim(tab);
        page.showOrNot(tab);
        if (claims != null) {
            claims.ask(tab, true, now + lastsMillis - 1);
        }
        return null;
    }

    private User takeOverNow(TabEntry tab, Claims claims) {
        leases.takenOver++;
        var loser = claims.holder().user.shown;
        // Else a take-over of this tab, which has given the holder time until now, would count as one that was done.
        claims.endRequest();
        claims.pass(tab);
        return loser;
    }

    private static LeaseRefusedException refused(Reason reason, @Nullable Claims claims) {
        return refused(reason, claims, Duration.ZERO);
    }

    private static LeaseRefusedException refused(Reason reason, @Nullable Claims claims, Duration wait) {
        return new LeaseRefusedException(reason, claims == null ? null : claims.holder().user.shown, wait);
    }
}
