package dev.copresence.http;

import dev.copresence.Editing;
import dev.copresence.LeaseAnswer;
import dev.copresence.LeaseCommand;
import dev.copresence.PresenceStore;
import dev.copresence.Section;
import dev.copresence.TakenOver;
import dev.copresence.User;
import dev.copresence.UserId;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The log of take-overs: a line when somebody begins one and a line when it is done, on whatever instance that is seen, or one
 * line for both if it leaves the editor no time. It is the one place where a log names users and pages: who has the right to
 * take over answers for its use.
 */
@ApplicationScoped
class TakeOverAudit {

    private static final Logger AUDIT = Logger.getLogger("dev.copresence.audit");

    void listen(@Observes StartupEvent start, PresenceStore store) {
        store.onTakeOver(TakeOverAudit::done);
    }

    /** Writes down what a call has begun, or done. */
    void called(User user, LeaseCommand command, LeaseAnswer answer) {
        if (answer.loser() != null && answer.editing() instanceof Editing.Granted granted) {
            AUDIT.infof(
                    "%s took over %s from %s at once, section %s, fence %d",
                    printable(user.id()),
                    command.page(),
                    printable(answer.loser().id()),
                    printable(command.section()),
                    granted.fence());
        } else if (answer.editing() instanceof Editing.Waiting waiting && waiting.request() != null) {
            AUDIT.infof(
                    "%s takes over %s from %s in %d ms, section %s",
                    printable(user.id()),
                    command.page(),
                    printable(waiting.editor()),
                    waiting.request().left().toMillis(),
                    printable(command.section()));
        }
    }

    private static void done(TakenOver takeOver) {
        AUDIT.infof(
                "%s took over %s from %s, section %s, fence %d",
                printable(takeOver.by()),
                takeOver.page(),
                printable(takeOver.from()),
                printable(takeOver.section()),
                takeOver.fence());
    }

    private static String printable(@Nullable Section section) {
        return section == null ? "-" : section.value();
    }

    /** An id is whatever the provider says; it does not begin a line of its own. */
    private static String printable(UserId id) {
        return id.value().replaceAll("\\p{Cntrl}", "?");
    }
}
