package dev.copresence.saves;

import dev.copresence.saves.Texts.Answer;
import dev.copresence.saves.Texts.Row;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every order in which writers can open once and save twice, each under a fence of their own.
 *
 * <p>Orders that lead to the same situation go on in the same way, so each situation is looked at once and the orders are
 * counted. Likewise each request is put to the database once for each content that it can find there.
 */
final class Orders {

    /** The requests of a writer, in their order. */
    private static final int OPEN = 0, LAST_SAVE = 2;

    private static final int GIVEN_UP = -1;

    /** Somebody who edits these texts under this fence. */
    record Writer(String name, long fence, List<String> texts) {}

    /** How requests travel. */
    enum Delivery {
        /** Each arrives once, and so does its answer; who is refused goes on as if nothing had been said. */
        ONCE,
        /**
         * Each may arrive a second time at any later moment, and an answer may be lost, so that its request is made again. Who
         * is refused gives up.
         */
        DOUBLED
    }

    /** What was found: how many orders there are, and what went wrong in any of them, with one order as an example. */
    record Findings(BigInteger orders, Map<String, List<String>> wrongs) {}

    /** A request that was made: an open, or a save of these texts over these revisions. */
    private record Request(int writer, int step, List<Long> bases, List<String> texts) {}

    /** A writer between two requests: the next one, what the screen shows, and what is still under way. */
    private record Desk(int step, @Nullable Request again, List<Row> screen, Set<Request> late) {}

    /**
     * All that decides how it goes on.
     *
     * @param opened by text, the highest fence under which an open was answered with yes
     * @param accepted by text, the saves that were answered with yes
     */
    private record Situation(
            Map<String, Row> rows, List<Desk> desks, Map<String, Long> opened, Map<String, Set<String>> accepted) {}

    private record Asked(Map<String, Row> rows, Request request) {}

    private record Effect(Answer answer, Map<String, Row> rows) {}

    private final Backend texts;
    private final List<Writer> writers;
    private final Delivery delivery;
    private final Map<Situation, BigInteger> seen = new HashMap<>();
    private final Map<Asked, Effect> effects = new HashMap<>();
    private final Map<String, List<String>> wrongs = new TreeMap<>();
    private final List<String> way = new ArrayList<>();

    private Orders(Backend texts, List<Writer> writers, Delivery delivery) {
        this.texts = texts;
        this.writers = writers;
        this.delivery = delivery;
    }

    static Findings of(Backend texts, Delivery delivery, Writer... writers) throws SQLException {
        var orders = new Orders(texts, List.of(writers), delivery);
        var rows = new TreeMap<String, Row>();
        var opened = new TreeMap<String, Long>();
        var accepted = new TreeMap<String, Set<String>>();
        for (var name :
                Arrays.stream(writers).flatMap(one -> one.texts().stream()).toList()) {
            rows.put(name, new Row("", 0, 0));
            opened.put(name, 0L);
            accepted.put(name, Set.of());
        }
        var desk = new Desk(OPEN, null, List.of(), Set.of());
        var desks = Arrays.stream(writers).map(one -> desk).toList();
        var count = orders.from(new Situation(rows, desks, opened, accepted));
        return new Findings(count, orders.wrongs);
    }

    /** How many ways there are to go on from here to the end. */
    private BigInteger from(Situation now) throws SQLException {
        var known = seen.get(now);
        if (known != null) {
            return known;
        }
        var ways = BigInteger.ZERO;
        for (var writer = 0; writer < writers.size(); writer++) {
            ways = ways.add(waysOf(writer, now));
        }
        // Where nobody has anything left to do there is one way: to end here.
        var all = ways.signum() == 0 ? BigInteger.ONE : ways;
        seen.put(now, all);
        return all;
    }

    private BigInteger waysOf(int writer, Situation now) throws SQLException {
        var desk = now.desks().get(writer);
        var ways = BigInteger.ZERO;
        if (desk.step() != GIVEN_UP && desk.step() <= LAST_SAVE) {
            var request = desk.again() != null ? desk.again() : next(writer, desk);
            ways = ways.add(step(now, request, "", true));
            if (delivery == Delivery.DOUBLED && desk.again() == null) {
                ways = ways.add(step(now, request, ", and its answer is lost", false));
            }
        }
        for (var late : desk.late()) {
            ways = ways.add(late(now, late));
        }
        return ways;
    }

    private Request next(int writer, Desk desk) {
        var one = writers.get(writer);
        if (desk.step() == OPEN) {
            return new Request(writer, OPEN, List.of(), List.of());
        }
        var mine = desk.screen().stream()
                .map(row -> row.text() + mark(one, desk.step()))
                .toList();
        return new Request(
                writer, desk.step(), desk.screen().stream().map(Row::revision).toList(), mine);
    }

    /** What a save adds to a text, by which it is found again. */
    private static String mark(Writer writer, int step) {
        return writer.name() + step + " ";
    }

    /** A request arrives for the first time, or again because its answer was lost; the writer goes on if it is heard. */
    private BigInteger step(Situation now, Request request, String how, boolean isHeard) throws SQLException {
        way.add(said(request) + how);
        var effect = effect(now.rows(), request);
        var desk = now.desks().get(request.writer());
        judge(now, request, effect, true);
        var next = isHeard ? heard(desk, request, effect) : new Desk(desk.step(), request, desk.screen(), desk.late());
        var ways = from(after(now, request, effect, next));
        way.remove(way.size() - 1);
        return ways;
    }

    /** A request arrives once more, and nobody hears its answer. */
    private BigInteger late(Situation now, Request request) throws SQLException {
        way.add(said(request) + ", late");
        var effect = effect(now.rows(), request);
        judge(now, request, effect, false);
        var desk = now.desks().get(request.writer());
        var others = new HashSet<>(desk.late());
        others.remove(request);
        var ways = from(
                after(now, request, effect, new Desk(desk.step(), desk.again(), desk.screen(), Set.copyOf(others))));
        way.remove(way.size() - 1);
        return ways;
    }

    private Desk heard(Desk desk, Request request, Effect effect) {
        var late = desk.late();
        if (delivery == Delivery.DOUBLED && desk.again() == null) {
            var more = new HashSet<>(late);
            more.add(request);
            late = Set.copyOf(more);
        }
        var names = writers.get(request.writer()).texts();
        var stored = names.stream().map(name -> effect.rows().get(name)).toList();
        if (!effect.answer().isGood()) {
            // Somebody who does not care: an open that was refused has been a reading, and what follows is sent all the
            // same.
            var unheeded = request.step() == OPEN ? stored : desk.screen();
            return delivery == Delivery.ONCE
                    ? new Desk(request.step() + 1, null, unheeded, late)
                    : new Desk(GIVEN_UP, null, List.of(), late);
        }
        var screen = request.step() == OPEN ? effect.answer().rows() : stored;
        return new Desk(request.step() + 1, null, screen, late);
    }

    private Situation after(Situation now, Request request, Effect effect, Desk desk) {
        var desks = new ArrayList<>(now.desks());
        desks.set(request.writer(), desk);
        if (!effect.answer().isGood()) {
            return new Situation(effect.rows(), desks, now.opened(), now.accepted());
        }
        var writer = writers.get(request.writer());
        var opened = new TreeMap<>(now.opened());
        var accepted = new TreeMap<>(now.accepted());
        for (var name : writer.texts()) {
            if (request.step() == OPEN) {
                opened.merge(name, writer.fence(), Math::max);
            } else {
                var more = new TreeSet<>(accepted.get(name));
                more.add(mark(writer, request.step()));
                accepted.put(name, more);
            }
        }
        return new Situation(effect.rows(), desks, opened, accepted);
    }

    private void judge(Situation now, Request request, Effect effect, boolean isHeard) {
        var writer = writers.get(request.writer());
        for (var name : writer.texts()) {
            var text = effect.rows().get(name).text();
            for (var save : now.accepted().get(name)) {
                if (!text.contains(save)) {
                    wrong("lost: an accepted save is gone");
                }
            }
            if (effect.answer().isGood() && request.step() != OPEN && !text.contains(mark(writer, request.step()))) {
                wrong("lied: a save was accepted and is not there");
            }
        }
        var isNewest = writer.texts().stream().allMatch(name -> now.opened().get(name) <= writer.fence());
        if (isNewest && isHeard && !effect.answer().isGood()) {
            wrong("refused: the newest holder, because of an older one");
        }
        if (isNewest && effect.answer().status() == 409) {
            wrong("refused: the newest holder, who said it twice");
        }
    }

    private void wrong(String what) {
        wrongs.putIfAbsent(what, List.copyOf(way));
    }

    private String said(Request request) {
        return writers.get(request.writer()).name() + (request.step() == OPEN ? " opens" : " saves " + request.step());
    }

    private Effect effect(Map<String, Row> rows, Request request) throws SQLException {
        var asked = new Asked(rows, request);
        var known = effects.get(asked);
        if (known != null) {
            return known;
        }
        texts.put(rows);
        var writer = writers.get(request.writer());
        var answer = request.step() == OPEN
                ? texts.open(writer.texts(), writer.fence())
                : texts.save(writer.texts(), writer.fence(), request.bases(), request.texts());
        var effect = new Effect(answer, new TreeMap<>(texts.all(List.copyOf(rows.keySet()))));
        effects.put(asked, effect);
        return effect;
    }
}
