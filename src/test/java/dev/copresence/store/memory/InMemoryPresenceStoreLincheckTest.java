package dev.copresence.store.memory;

import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.Incarnation;
import dev.copresence.Lease;
import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Leave;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Whatever threads do together looks as if one had done it alone: all answers, and the fences in them. */
@Param(name = "user", gen = IntGen.class, conf = "0:1")
@Param(name = "page", gen = IntGen.class, conf = "0:1")
@Param(name = "second", gen = IntGen.class, conf = "0:2")
public class InMemoryPresenceStoreLincheckTest {

    private static final List<PagePath> PAGES = List.of(new PagePath("/a"), new PagePath("/b"));
    private static final List<User> USERS =
            List.of(new User(new UserId("ana"), "Ana", null), new User(new UserId("ben"), "Ben", null));
    private static final TabId TAB = new TabId(0, 1);
    private static final Incarnation DOCUMENT = new Incarnation(1);
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    /** Short enough that a call two seconds later sees the tab expired. */
    private static final Duration LIFE = Duration.ofSeconds(1);

    /** Short enough that a call a second later sees the request as it ends, and the tab alive. */
    private static final Duration ANSWER = Duration.ofMillis(500);

    /** One for all the stores that Lincheck asks for, since reading it takes longer than what is tested. */
    private static final PresenceConfig CONFIG = TestConfig.defaults();

    private final PresenceStore store = new InMemoryPresenceStore(CONFIG);

    @Operation
    public HeartbeatAnswer join(@Param(name = "user") int user, @Param(name = "page") int page) {
        return store.renew(USERS.get(user), heartbeat(page, true), true, LIFE, START)
                .await()
                .indefinitely();
    }

    @Operation
    public HeartbeatAnswer heartbeat(
            @Param(name = "user") int user, @Param(name = "page") int page, @Param(name = "second") int second) {
        return store.renew(USERS.get(user), heartbeat(page, true), false, LIFE, START.plusSeconds(second))
                .await()
                .indefinitely();
    }

    @Operation
    public HeartbeatAnswer yield(@Param(name = "user") int user, @Param(name = "page") int page) {
        return store.renew(USERS.get(user), heartbeat(page, false), false, LIFE, START)
                .await()
                .indefinitely();
    }

    @Operation
    public Object request(@Param(name = "user") int user, @Param(name = "page") int page) {
        return call(LeaseCommand.Kind.REQUEST, user, page);
    }

    @Operation
    public Object handOver(@Param(name = "user") int user, @Param(name = "page") int page) {
        return call(LeaseCommand.Kind.HAND_OVER, user, page);
    }

    @Operation
    public Object keep(@Param(name = "user") int user, @Param(name = "page") int page) {
        return call(LeaseCommand.Kind.KEEP, user, page);
    }

    @Operation
    public Object takeOver(@Param(name = "user") int user, @Param(name = "page") int page) {
        return call(LeaseCommand.Kind.TAKE_OVER, user, page);
    }

    @Operation
    public Object takeOverNow(@Param(name = "user") int user, @Param(name = "page") int page) {
        return call(LeaseCommand.Kind.TAKE_OVER, user, page, Duration.ZERO);
    }

    private Object call(LeaseCommand.Kind kind, int user, int page) {
        return call(kind, user, page, ANSWER);
    }

    /** The answer to a command, or why it could not be followed. */
    private Object call(LeaseCommand.Kind kind, int user, int page, Duration lasts) {
        try {
            return store.command(USERS.get(user), new LeaseCommand(kind, TAB, PAGES.get(page), null), lasts, START)
                    .await()
                    .indefinitely();
        } catch (LeaseRefusedException e) {
            return List.of(e.reason(), Optional.ofNullable(e.editor()), e.waiting());
        }
    }

    @Operation
    public Optional<Lease> lease(@Param(name = "page") int page, @Param(name = "second") int second) {
        return store.lease(PAGES.get(page), null, START.plusSeconds(second))
                .await()
                .indefinitely();
    }

    @Operation
    public void leave(@Param(name = "user") int user, @Param(name = "page") int page) {
        store.leave(USERS.get(user), new Leave(TAB, PAGES.get(page), false, DOCUMENT), Duration.ZERO, START)
                .await()
                .indefinitely();
    }

    @Operation
    public PresenceSnapshot read(@Param(name = "page") int page, @Param(name = "second") int second) {
        return store.read(PAGES.get(page), START.plusSeconds(second)).await().indefinitely();
    }

    @Operation
    public Occupancy occupancy() {
        return store.occupancy().await().indefinitely();
    }

    @Test
    void callsOfManyThreadsLookLikeCallsOfOne() {
        new StressOptions()
                .iterations(40)
                .invocationsPerIteration(300)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(2)
                .actorsAfter(2)
                .check(InMemoryPresenceStoreLincheckTest.class);
    }

    private static Heartbeat heartbeat(int page, boolean editing) {
        return new Heartbeat(TAB, PAGES.get(page), editing, true, DOCUMENT);
    }
}
