package dev.copresence.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A4: what the application is asked, how often, and what holds while it does not answer. */
class AccessTest {

    private static final Decision READ_ONLY = new Decision(true, Level.NAMES, false);

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-26T12:00:00Z"));
    private final FakePoint point = new FakePoint();
    private final Access access = access("pdp.in-flight", "64");
    private final Caller ana = caller("ana");

    private Access access(String... more) {
        var settings =
                AccessSettings.map("rules[0].paths", "/**", "rules[0].view", "ask", "pdp.url", "https://pdp.example");
        settings.putAll(AccessSettings.map(more));
        return new Access(AccessSettings.of(settings), point, clock, clock, Duration.ZERO);
    }

    private static Caller caller(String id) {
        return new Caller(new User(new UserId(id), id, null), Set.of("author"), Set.of("docs"));
    }

    private static PagePath page(Object name) {
        return new PagePath("/tickets/" + name);
    }

    private static <T> T now(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    private Decision ask(Question question) {
        return now(access.ask(ana, page(7), question));
    }

    private void assertUndecided(Question question) {
        assertThrows(UndecidedException.class, () -> ask(question), () -> question + " must not be decided");
    }

    @Test
    void withoutRulesAllIsAllowedAndNobodyIsAsked() {
        var open = new Access(AccessSettings.of(), point, clock, clock, Duration.ZERO);

        assertEquals(Decision.EVERYTHING, open.decide(ana, page(7), Question.CLAIM));
        assertEquals(List.of(), point.asked);
        assertFalse(open.mayHide(ana));
        assertEquals(Level.COUNT, open.hiddenSee());
        assertEquals(Duration.ofSeconds(30), open.recheck());
    }

    @Test
    void withRulesWhatNoneIsAboutIsForNobodyUnlessItIsSaid() {
        var rules = AccessSettings.map("rules[0].paths", "/a", "rules[0].view", "users");
        assertEquals(
                Decision.NOTHING,
                new Access(AccessSettings.of(rules), point, clock, clock, Duration.ZERO)
                        .decide(ana, page(7), Question.SEE));

        rules.put("otherwise", "allow");
        assertEquals(
                Decision.EVERYTHING,
                new Access(AccessSettings.of(rules), point, clock, clock, Duration.ZERO)
                        .decide(ana, page(7), Question.SEE));
        assertEquals(
                Decision.NOTHING,
                new Access(AccessSettings.of("otherwise", "deny"), point, clock, clock, Duration.ZERO)
                        .decide(ana, page(7), Question.SEE));
    }

    @Test
    void somebodyMayHideWhoIsNamed() {
        var some = new Access(
                AccessSettings.of("may-hide", "role:moderator,group:docs", "hidden-see", "names"),
                point,
                clock,
                clock,
                Duration.ZERO);

        assertTrue(some.mayHide(ana));
        assertFalse(some.mayHide(new Caller(ana.user(), Set.of("docs"), Set.of("moderator"))));
        assertEquals(Level.NAMES, some.hiddenSee());
    }

    @Test
    void whatIsAskedIsWhatTheRuleLeavesOpen() {
        assertNull(access.decide(ana, page(7), Question.SEE));
        assertEquals(Decision.EVERYTHING, ask(Question.SEE));

        assertEquals(
                List.of(Right.VIEW, Right.NAMES, Right.COUNT, Right.EDIT),
                point.asked.get(0).evaluations().stream()
                        .map(DecisionPoint.Evaluation::right)
                        .toList());
        assertEquals(ana, point.asked.get(0).caller());
    }

    @Test
    void anAnswerIsRemembered() {
        ask(Question.SEE);

        clock.advance(Duration.ofMillis(29_999));
        assertEquals(Decision.EVERYTHING, access.decide(ana, page(7), Question.CLAIM));
        assertEquals(1, point.asked.size());

        clock.advance(Duration.ofMillis(1));
        assertNull(access.decide(ana, page(7), Question.SEE));
        ask(Question.SEE);
        assertEquals(2, point.asked.size());
    }

    @Test
    void aNoIsAskedAgainSooner() {
        point.answers(evaluation -> false);
        assertEquals(Decision.NOTHING, ask(Question.SEE));

        clock.advance(Duration.ofMillis(4_999));
        assertEquals(Decision.NOTHING, access.decide(ana, page(7), Question.SEE));

        clock.advance(Duration.ofMillis(1));
        assertNull(access.decide(ana, page(7), Question.SEE));
    }

    @Test
    void aNoToEditingIsAskedAgainSoonerByWhoWantsToEdit() {
        point.answers(evaluation -> evaluation.right() != Right.EDIT);
        assertEquals(READ_ONLY, ask(Question.CLAIM));

        clock.advance(Duration.ofSeconds(5));
        assertEquals(READ_ONLY, access.decide(ana, page(7), Question.SEE));
        assertNull(access.decide(ana, page(7), Question.CLAIM));
        assertNull(access.decide(ana, page(7), Question.TAKE_OVER));
    }

    @Test
    void answersAreThoseOfOneCallerWithOneSetOfRolesAndGroups() {
        ask(Question.SEE);

        assertNotNull(access.decide(caller("ana"), page(7), Question.SEE));
        assertNull(access.decide(caller("ben"), page(7), Question.SEE));
        assertNull(access.decide(ana, page(8), Question.SEE));
        assertNull(access.decide(new Caller(ana.user(), Set.of("author"), Set.of()), page(7), Question.SEE));
        assertNull(access.decide(new Caller(ana.user(), Set.of(), Set.of("docs")), page(7), Question.SEE));
    }

    @Test
    void aThousandWhoAskTheSameAreOneQuestion() throws Exception {
        point.waits();
        var threads = Executors.newFixedThreadPool(8);
        try {
            var callers = IntStream.range(0, 1000)
                    .mapToObj(number -> CompletableFuture.supplyAsync(
                            () -> access.ask(caller("ana"), page(7), Question.SEE)
                                    .subscribeAsCompletionStage(),
                            threads))
                    .toList();
            var answers = callers.stream().map(CompletableFuture::join).toList();

            // when: some give up, which is nobody else's matter
            answers.subList(0, 100).forEach(answer -> answer.cancel(true));
            point.asked.get(0).answer(evaluation -> true);

            // then
            for (var answer : answers.subList(100, 1000)) {
                assertEquals(Decision.EVERYTHING, answer.get());
            }
            assertEquals(1, point.asked.size());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void questionsOfOneCallerGoTogetherFiftyEvaluationsAtMost() {
        var gathering = new Access(
                AccessSettings.of("rules[0].paths", "/**", "rules[0].view", "ask", "pdp.url", "https://pdp.example"),
                point,
                clock,
                clock,
                Duration.ofMillis(5));

        // when
        var pages = IntStream.range(0, 30)
                .mapToObj(number -> gathering.ask(ana, page(number), Question.SEE))
                .toList();
        var decisions = now(Uni.join().all(pages).andFailFast());

        // then
        assertEquals(30, decisions.stream().filter(Decision.EVERYTHING::equals).count());
        assertTrue(
                point.asked.stream().allMatch(request -> request.evaluations().size() <= Questions.MOST_EVALUATIONS));
        assertEquals(
                30L * 4,
                point.asked.stream()
                        .mapToLong(request -> request.evaluations().size())
                        .sum());
    }

    @Test
    void questionsOfDifferentCallersNeverGoTogether() {
        var gathering = new Access(
                AccessSettings.of("rules[0].paths", "/**", "rules[0].view", "ask", "pdp.url", "https://pdp.example"),
                point,
                clock,
                clock,
                Duration.ofMillis(5));

        now(Uni.join()
                .all(Stream.of("ana", "ben", "cyn")
                        .map(id -> gathering.ask(caller(id), page(7), Question.SEE))
                        .toList())
                .andFailFast());

        assertEquals(3, point.asked.size());
    }

    @Test
    void eachAnswerGoesToItsOwnPage() {
        point.answers(evaluation -> evaluation.page().equals(page(1)) || evaluation.right() == Right.VIEW);

        assertEquals(Decision.EVERYTHING, now(access.ask(ana, page(1), Question.SEE)));
        assertEquals(new Decision(true, Level.NONE, false), now(access.ask(ana, page(2), Question.SEE)));
    }

    @Test
    void noMoreAreUnderWayThanMayBeAndNoMoreWait() {
        // given
        var small = access("pdp.in-flight", "2", "pdp.waiting", "3");
        point.waits();

        // when
        var answers = IntStream.range(0, 6)
                .mapToObj(number ->
                        small.ask(caller("u" + number), page(7), Question.SEE).subscribeAsCompletionStage())
                .toList();

        // then
        assertEquals(2, point.asked.size());
        assertTrue(answers.get(5).isCompletedExceptionally(), "the sixth has no place to wait");
        assertEquals(1, small.refusedQuestions());

        // when
        for (var number = 0; number < 5; number++) {
            point.asked.get(number).answer(evaluation -> true);
        }

        // then
        assertEquals(5, point.asked.size());
        assertTrue(
                answers.subList(0, 5).stream().allMatch(answer -> answer.join().view()));
    }

    @Test
    void whatHasWaitedTooLongIsNotAskedAnyMore() {
        var small = access("pdp.in-flight", "1");
        point.waits();
        var first = small.ask(caller("u1"), page(7), Question.SEE).subscribeAsCompletionStage();
        var second = small.ask(caller("u2"), page(7), Question.SEE).subscribeAsCompletionStage();

        clock.advance(Duration.ofMillis(1_001));
        point.asked.get(0).answer(evaluation -> true);

        assertTrue(first.join().view());
        assertTrue(second.isCompletedExceptionally());
        assertEquals(1, point.asked.size());
    }

    @Test
    void whoIsNotKnownIsLetInByNobody() {
        point.fails();

        assertUndecided(Question.SEE);
        assertUndecided(Question.CLAIM);
        assertUndecided(Question.TAKE_OVER);
        assertEquals(3, access.failedQuestions());
    }

    @Test
    void anAnswerOfAnotherLengthIsNone() {
        for (var length : List.of(0, 3, 5)) {
            point.waits();
            var answer = access.ask(ana, page(7), Question.SEE).subscribeAsCompletionStage();
            point.asked
                    .get(point.asked.size() - 1)
                    .answer()
                    .complete(
                            IntStream.range(0, length).mapToObj(number -> true).toList());

            assertTrue(answer.isCompletedExceptionally(), () -> length + " decisions for four questions");
        }
    }

    @Test
    void whoWasInStaysForAWhileAndBeginsNothing() {
        // given
        ask(Question.SEE);
        point.fails();

        // when
        clock.advance(Duration.ofSeconds(89));

        // then
        assertEquals(Decision.EVERYTHING, ask(Question.SEE));
        assertEquals(1, access.staleDecisions());
        assertUndecided(Question.CLAIM);
        assertUndecided(Question.TAKE_OVER);

        // when
        clock.advance(Duration.ofSeconds(1));

        // then
        assertUndecided(Question.SEE);
    }

    @Test
    void whoHasClaimedGoesOnClaimingButTakesNothingOver() {
        // given
        ask(Question.CLAIM);
        clock.advance(Duration.ofSeconds(31));
        ask(Question.CLAIM);
        point.fails();

        // when
        for (var beat = 0; beat < 5; beat++) {
            clock.advance(Duration.ofSeconds(15));
            assertEquals(Decision.EVERYTHING, ask(Question.CLAIM));
        }

        // then
        assertUndecided(Question.TAKE_OVER);
        clock.advance(Duration.ofSeconds(15));
        assertUndecided(Question.CLAIM);
    }

    @Test
    void aNoIsNeverKeptBeyondItsTimeAndAnOldYesGivesWayToIt() {
        ask(Question.SEE);
        clock.advance(Duration.ofSeconds(30));
        point.answers(evaluation -> false);
        assertEquals(Decision.NOTHING, ask(Question.SEE));

        point.fails();
        clock.advance(Duration.ofSeconds(5));
        assertUndecided(Question.SEE);
    }

    @Test
    void afterFiveFailuresOneQuestionASecondIsTried() {
        // given
        point.fails();
        IntStream.range(0, 5).forEach(number -> assertFails("u" + number));
        assertEquals(5, point.asked.size());
        assertFalse(access.isDecisionPointAvailable());

        // when
        IntStream.range(5, 50).forEach(number -> assertFails("u" + number));

        // then
        assertEquals(5, point.asked.size());
        assertEquals(45, access.refusedQuestions());

        // when
        clock.advance(Duration.ofSeconds(1));
        IntStream.range(50, 60).forEach(number -> assertFails("u" + number));

        // then
        assertEquals(6, point.asked.size());

        // when
        point.answers(evaluation -> true);
        clock.advance(Duration.ofSeconds(1));

        // then
        assertTrue(now(access.ask(caller("u60"), page(7), Question.SEE)).view());
        assertTrue(access.isDecisionPointAvailable());
        assertTrue(now(access.ask(caller("u61"), page(7), Question.SEE)).view());
    }

    @Test
    void aSuccessBetweenFailuresBeginsTheCountAnew() {
        for (var number = 0; number < 20; number++) {
            if (number % 5 == 4) {
                point.answers(evaluation -> true);
                now(access.ask(caller("u" + number), page(7), Question.SEE));
            } else {
                point.fails();
                assertFails("u" + number);
            }
        }
        assertTrue(access.isDecisionPointAvailable());
    }

    @Test
    void aClockThatIsSetBackDoesNotKeepTheSwitchThrown() {
        point.fails();
        IntStream.range(0, 5).forEach(number -> assertFails("u" + number));
        clock.advance(Duration.ofHours(-1));

        point.answers(evaluation -> true);

        assertTrue(now(access.ask(ana, page(7), Question.SEE)).view());
    }

    private void assertFails(String user) {
        assertThrows(UndecidedException.class, () -> now(access.ask(caller(user), page(7), Question.SEE)));
    }

    @Test
    void aRightThatWasWithdrawnEndsWithinTheTimeThatIsPromised() {
        ask(Question.SEE);
        point.answers(evaluation -> false);

        clock.advance(Duration.ofSeconds(30));

        assertEquals(Decision.NOTHING, ask(Question.SEE));
    }

    @Test
    void aGrantThatHasEndedCountsNoLongerForWhatGoesOn() {
        var granting = new Access(
                AccessSettings.of("rules[0].paths", "/**", "rules[0].view", "grant", "grants.in-token-only", "true"),
                point,
                clock,
                clock,
                Duration.ZERO);
        var grant = new Grant(
                List.of(new Grant.Entry("/tickets/**", Set.of(Right.VIEW, Right.NAMES))),
                clock.instant().plusSeconds(60));
        var granted = new Caller(ana.user(), ana.roles(), ana.groups(), grant);

        assertEquals(READ_ONLY, granting.decide(granted, page(7), Question.SEE));
        clock.advance(Duration.ofSeconds(60));
        assertEquals(Decision.NOTHING, granting.decide(granted, page(7), Question.SEE));
    }
}
