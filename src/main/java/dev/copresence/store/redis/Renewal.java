package dev.copresence.store.redis;

import static dev.copresence.store.redis.ScriptArguments.flag;
import static dev.copresence.store.redis.ScriptArguments.tab;
import static dev.copresence.store.redis.ScriptArguments.text;

import dev.copresence.Heartbeat;
import dev.copresence.PresenceStore;
import dev.copresence.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A call that keeps a tab on its page, or brings it there, as the scripts take it.
 *
 * @param now the time of the call, in ms
 */
record Renewal(User user, Heartbeat heartbeat, boolean joining, Duration life, long now) {

    /** Tells whether all it says may be known already, so that beats.lua is worth a try on a page that is known so far. */
    boolean isPlain(RememberedPage known) {
        return !joining
                && !heartbeat.typing()
                && Boolean.FALSE.equals(heartbeat.editing())
                && now <= known.nextExpiry();
    }

    /** The arguments of beats.lua, of a caller that knows this version of the page. */
    List<Object> beat(long version) {
        var record = "0" + flag(heartbeat.visible()) + "0" + unlisted() + " " + life.toMillis() + " "
                + text(heartbeat.incarnation()) + " " + text(heartbeat.section()) + " ";
        return List.of(now, version, tab(heartbeat.tab(), user.id()), record, PageReply.standing(user));
    }

    /** The arguments of renew.lua from the fifth on, of a tab that its slot was not asked about. */
    Object[] renew() {
        return renew(PageReply.profile(user), text(heartbeat.incarnation()), "", "");
    }

    /** The same, with what its slot has said. */
    Object[] renew(String profile, String incarnation, String trustedUntil, String move) {
        var wish = heartbeat.editing() == null ? "2" : flag(heartbeat.editing());
        var arguments = new ArrayList<Object>(List.of(
                tab(heartbeat.tab(), user.id()),
                profile,
                life.toMillis(),
                flag(heartbeat.visible()) + wish + flag(joining) + unlisted(),
                text(heartbeat.section()),
                incarnation,
                trustedUntil,
                move));
        if (heartbeat.typing()) {
            arguments.add(PresenceStore.TYPING.toMillis());
            arguments.add(PresenceStore.TYPING_PACE.toMillis());
        }
        return arguments.toArray();
    }

    /** The digit of an unlisted tab; empty for one that others see, as all are that versions before this digit have written. */
    private String unlisted() {
        return heartbeat.listed() ? "" : "1";
    }
}
