package dev.copresence.store.contract;

import static dev.copresence.store.contract.StoreFixture.ANSWER;
import static dev.copresence.store.contract.StoreFixture.AWAY_LIFE;
import static dev.copresence.store.contract.StoreFixture.GRACE;
import static dev.copresence.store.contract.StoreFixture.KEEP;
import static dev.copresence.store.contract.StoreFixture.LIFE;
import static dev.copresence.store.contract.StoreFixture.YIELD;

import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.Incarnation;
import dev.copresence.LeaseAnswer;
import dev.copresence.LeaseCommand;
import dev.copresence.Leave;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.User;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A tab as it is now: visible or hidden, of one document or of nobody knows which, somewhere on its page. */
public final class Tab {

    private final StoreFixture fixture;
    private final User user;
    private final TabId id;
    private final boolean visible;
    private final boolean listed;
    private final Duration life;
    private final @Nullable Incarnation incarnation;
    private final @Nullable Section section;
    private final boolean typing;

    Tab(StoreFixture fixture, User user, TabId id) {
        this(fixture, user, id, true, true, LIFE, null, null, false);
    }

    private Tab(
            StoreFixture fixture,
            User user,
            TabId id,
            boolean visible,
            boolean listed,
            Duration life,
            @Nullable Incarnation incarnation,
            @Nullable Section section,
            boolean typing) {
        this.fixture = fixture;
        this.user = user;
        this.id = id;
        this.visible = visible;
        this.listed = listed;
        this.life = life;
        this.incarnation = incarnation;
        this.section = section;
        this.typing = typing;
    }

    public Tab document(double number) {
        return new Tab(fixture, user, id, visible, listed, life, new Incarnation(number), section, typing);
    }

    public Tab hidden() {
        return new Tab(fixture, user, id, false, listed, AWAY_LIFE, incarnation, section, typing);
    }

    /** The same tab as one that wishes not to be seen by others. */
    public Tab unlisted() {
        return new Tab(fixture, user, id, visible, false, life, incarnation, section, typing);
    }

    /** The same tab as one that does not mind being seen. */
    public Tab listed() {
        return new Tab(fixture, user, id, visible, true, life, incarnation, section, typing);
    }

    public Tab lives(Duration ownLife) {
        return new Tab(fixture, user, id, visible, listed, ownLife, incarnation, section, typing);
    }

    /** The same tab in another place on its page; null for the page as a whole. */
    public Tab in(@Nullable Section place) {
        return new Tab(fixture, user, id, visible, listed, life, incarnation, place, typing);
    }

    public Tab typing() {
        return new Tab(fixture, user, id, visible, listed, life, incarnation, section, true);
    }

    /** The same tab id in the calls of another user. */
    public Tab sentBy(User sender) {
        return new Tab(fixture, sender, id, visible, listed, life, incarnation, section, typing);
    }

    public Tab named(String name) {
        return sentBy(fixture.said(user.id(), name, user.avatar(), fixture.nextCredential()));
    }

    public HeartbeatAnswer joins(PagePath page) {
        return renew(page, null, true);
    }

    public HeartbeatAnswer joinsEditing(PagePath page) {
        return renew(page, true, true);
    }

    public HeartbeatAnswer beats(PagePath page) {
        return renew(page, null, false);
    }

    public HeartbeatAnswer claims(PagePath page) {
        return renew(page, true, false);
    }

    public HeartbeatAnswer yields(PagePath page) {
        return renew(page, false, false);
    }

    public void leaves(PagePath page) {
        fixture.answerOf(fixture.store()
                .leave(
                        user,
                        new Leave(id, page, false, incarnation),
                        Duration.ZERO,
                        fixture.clock().instant()));
    }

    public void unloads(PagePath page) {
        fixture.answerOf(fixture.store()
                .leave(
                        user,
                        new Leave(id, page, true, incarnation),
                        GRACE,
                        fixture.clock().instant()));
    }

    public LeaseAnswer requests(PagePath page) {
        return call(LeaseCommand.Kind.REQUEST, page, ANSWER);
    }

    public LeaseAnswer handsOver(PagePath page) {
        return call(LeaseCommand.Kind.HAND_OVER, page, Duration.ZERO);
    }

    public LeaseAnswer keeps(PagePath page) {
        return call(LeaseCommand.Kind.KEEP, page, KEEP);
    }

    public LeaseAnswer takesOver(PagePath page) {
        return call(LeaseCommand.Kind.TAKE_OVER, page, YIELD);
    }

    public LeaseAnswer takesOverNow(PagePath page) {
        return call(LeaseCommand.Kind.TAKE_OVER, page, Duration.ZERO);
    }

    private LeaseAnswer call(LeaseCommand.Kind kind, PagePath page, Duration lasts) {
        return fixture.answerOf(fixture.store()
                .command(
                        user,
                        new LeaseCommand(kind, id, page, section),
                        lasts,
                        fixture.clock().instant()));
    }

    public Optional<Instant> lastSeen() {
        return fixture.answerOf(
                fixture.store().lastSeen(user.id(), id, fixture.clock().instant()));
    }

    private HeartbeatAnswer renew(PagePath page, @Nullable Boolean editing, boolean joining) {
        var heartbeat = new Heartbeat(id, page, editing, section, typing, visible, listed, incarnation);
        return fixture.answerOf(fixture.store()
                .renew(user, heartbeat, joining, life, fixture.clock().instant()));
    }
}
