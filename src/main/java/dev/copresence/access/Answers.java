package dev.copresence.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheSize;
import dev.copresence.CacheUpkeep;
import dev.copresence.PagePath;
import dev.copresence.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The memory of what the decision point has answered, and for how long that is good. */
final class Answers {

    /** The heap that an answer is reckoned with: itself, its question's page and what holds both. */
    private static final long BYTES_EACH = 700;

    /** The time within which who goes on claiming has claimed before, by a heartbeat: the life of a hidden tab. */
    private static final Duration CLAIMING = Duration.ofSeconds(150);

    /** A question: who the caller is in all that is told of them, the page, and the rights that are asked for, a set of bits. */
    record Subject(UserId user, Set<String> roles, Set<String> groups, PagePath page, int asked) {}

    /** The rights that were answered with yes, a set of bits, and when. */
    static final class Answer {

        private final int asked;
        private final int yes;
        private final Instant at;

        /** The last time at which a claim was good by it; several threads may write it, and each of their times is right. */
        private volatile @Nullable Instant claimed;

        private Answer(int asked, int yes, Instant at) {
            this.asked = asked;
            this.yes = yes;
            this.at = at;
        }

        /** The rights that were answered with yes. */
        int yes() {
            return yes;
        }

        /** True if it closes the page. */
        private boolean closes() {
            return Right.VIEW.isIn(asked & ~yes);
        }

        private boolean refusesEditing() {
            return Right.EDIT.isIn(asked & ~yes);
        }
    }

    private final InstantSource clock;
    private final Duration rememberYes;
    private final Duration rememberNo;
    private final Duration staleFor;
    private final Cache<Subject, Answer> answers;

    Answers(AccessConfig.Pdp config, InstantSource clock) {
        this.clock = clock;
        rememberYes = config.rememberYes();
        rememberNo = config.rememberNo();
        staleFor = config.staleFor();
        var longest = (rememberYes.compareTo(rememberNo) > 0 ? rememberYes : rememberNo).plus(staleFor);
        answers = Caffeine.newBuilder()
                .expireAfterWrite(longest.plusSeconds(1))
                .executor(CacheUpkeep.ON_THE_SPOT)
                .maximumSize(CacheSize.atMost(config.entries() * BYTES_EACH) / BYTES_EACH)
                .build();
    }

    /** The answer that is good for the question; null if it has to be asked. */
    @Nullable
    Answer fresh(Subject subject, Question question) {
        var known = answers.getIfPresent(subject);
        if (known == null) {
            return null;
        }
        var now = clock.instant();
        if (!now.isBefore(known.at.plus(life(known, question)))) {
            return null;
        }
        noteClaim(known, question, now);
        return known;
    }

    /** A no is asked again sooner than a yes, by whom it stands in the way. */
    private Duration life(Answer answer, Question question) {
        var isRefused = answer.closes() || question != Question.SEE && answer.refusesEditing();
        return isRefused ? rememberNo : rememberYes;
    }

    /**
     * The answer that has to do while nobody answers; null if none does. It is one that keeps the page open to who was there, but begins
     * no claim and takes nothing over.
     */
    @Nullable
    Answer stale(Subject subject, Question question) {
        var known = answers.getIfPresent(subject);
        if (known == null || known.closes() || question == Question.TAKE_OVER) {
            return null;
        }
        var now = clock.instant();
        if (!now.isBefore(known.at.plus(rememberYes).plus(staleFor))) {
            return null;
        }
        if (question == Question.CLAIM && !known.refusesEditing() && !wasClaiming(known, now)) {
            return null;
        }
        noteClaim(known, question, now);
        return known;
    }

    private static boolean wasClaiming(Answer known, Instant now) {
        var claimed = known.claimed;
        return claimed != null && now.isBefore(claimed.plus(CLAIMING));
    }

    private static void noteClaim(Answer known, Question question, Instant now) {
        if (question == Question.CLAIM && !known.refusesEditing()) {
            known.claimed = now;
        }
    }

    /** Remembers the rights that were answered with yes just now, and what that means to the one who goes on claiming. */
    Answer remember(Subject subject, int yes) {
        var before = answers.getIfPresent(subject);
        var answer = new Answer(subject.asked(), yes, clock.instant());
        if (before != null && !answer.refusesEditing()) {
            answer.claimed = before.claimed;
        }
        answers.put(subject, answer);
        return answer;
    }

    /** Takes note of what an answer that has just come is used for. */
    void use(Answer answer, Question question) {
        noteClaim(answer, question, clock.instant());
    }
}
