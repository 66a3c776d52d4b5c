package dev.copresence.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Everybody else: people who come, beat, read, edit, go to other pages, reload, leave and come back, each call at the
 * instance that a load balancer without affinity would take.
 *
 * <p>A call has its moment, and its latency counts from then, whether or not a thread was free.
 */
final class Crowd implements AutoCloseable {

    private static final int THREADS = 96;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long BEAT_MILLIS = 15_000;
    private static final Pattern ETAG = Pattern.compile("\"etag\":\"([^\"]+)\"");

    private final Fleet fleet;
    private final Timeline timeline;
    private final int pages;
    private final List<Member> members = new ArrayList<>();
    private final Map<Integer, ConcurrentLinkedDeque<Idle>> idle = new HashMap<>();
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(THREADS);
    private volatile boolean goesOn = true;

    /** A connection that nobody uses, and since when. */
    private record Idle(Connection connection, long since) {}

    Crowd(Fleet fleet, Timeline timeline, List<Account> accounts) {
        this.fleet = fleet;
        this.timeline = timeline;
        this.pages = Math.max(5, accounts.size() / 5);
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        for (var number = 0; number < fleet.size(); number++) {
            idle.put(number, new ConcurrentLinkedDeque<>());
        }
        // One of three has a second tab.
        for (var number = 0; number < accounts.size() * 4 / 3; number++) {
            var member = new Member(accounts.get(number % accounts.size()), new Random(number));
            members.add(member);
            again(member, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(number * BEAT_MILLIS / accounts.size()));
        }
    }

    /** A page of so many, the n-th of which is visited 1/n times as often as the first. */
    static String somePage(Random random, int pages) {
        return "/docs/page-" + ((int) Math.pow(pages + 1.0, random.nextDouble()) - 1);
    }

    /** A tab and who sits before it. */
    private final class Member {

        private final Account account;
        private final Random random;
        private String tabId = UUID.randomUUID().toString();
        private long incarnation;
        private String page;
        private boolean here;
        private boolean edits;
        private boolean hidden;
        private String etag = "none";

        Member(Account account, Random random) {
            this.account = account;
            this.random = random;
            page = somePage(random, pages);
        }

        /** Does what is next, which was due then; gives when the next thing is due. */
        long act(long due) {
            var dice = random.nextInt(100);
            if (!here) {
                incarnation = System.currentTimeMillis();
                here = call(due, "join", "");
                return due + millis(here ? BEAT_MILLIS : retry());
            }
            if (dice < 3 && call(due, "leave", ",\"unloading\":true")) {
                here = false;
                return due + millis(300 + random.nextInt(1_200));
            }
            if (dice >= 3 && dice < 5 && call(due, "leave", "")) {
                here = false;
                tabId = UUID.randomUUID().toString();
                page = somePage(random, pages);
                return due + millis(5_000 + random.nextInt(20_000));
            }
            if (dice >= 5 && dice < 25) {
                var read = exchange(
                        due, Request.get("list?pagePath=" + page, account, "If-None-Match: \"" + etag + "\"\r\n"));
                return due + millis(read == null ? retry() : 1_000);
            }
            if (dice >= 25 && dice < 30) {
                page = somePage(random, pages);
            }
            edits ^= dice >= 30 && dice < 36;
            hidden ^= dice >= 36 && dice < 40;
            var beats = call(
                    due,
                    "heartbeat",
                    ",\"isEditing\":" + edits + ",\"isVisible\":" + !hidden + ",\"known\":\"" + etag + "\"");
            return due + millis(beats ? BEAT_MILLIS : retry());
        }

        private long retry() {
            return 1_000 + random.nextInt(4_000);
        }

        private boolean call(long due, String call, String more) {
            var body = "{\"pagePath\":\"" + page + "\",\"tabId\":\"" + tabId + "\",\"incarnation\":" + incarnation
                    + more + "}";
            var answer = exchange(due, Request.post(call, account, body));
            if (answer == null) {
                return false;
            }
            var found = ETAG.matcher(answer);
            if (found.find()) {
                etag = found.group(1);
            }
            return true;
        }

        private String exchange(long due, Request request) {
            var answer = Crowd.this.exchange(random.nextInt(fleet.size()), request);
            var good = answer.startsWith("HTTP/1.1 2") || answer.startsWith("HTTP/1.1 304");
            timeline.call(due, good ? null : answer.lines().findFirst().orElse(""));
            return good ? answer : null;
        }
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void again(Member member, long due) {
        if (goesOn) {
            threads.schedule(() -> again(member, member.act(due)), due - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    /** The answer, or what went wrong; an instance that takes no connection is passed over, as proxies do it. */
    private String exchange(int first, Request request) {
        for (var turn = 0; turn < fleet.size(); turn++) {
            var number = (first + turn) % fleet.size();
            var pool = idle.get(number);
            try {
                var connection = connection(number);
                var answer = connection.exchange(request);
                pool.addFirst(new Idle(connection, System.nanoTime()));
                return answer;
            } catch (ConnectException e) {
                // The next one.
            } catch (IOException | RuntimeException e) {
                pool.clear();
                return e.getClass().getSimpleName() + " in mid call";
            }
        }
        return "no instance takes connections";
    }

    private Connection connection(int number) throws IOException {
        var pool = idle.get(number);
        for (var one = pool.pollFirst(); one != null; one = pool.pollFirst()) {
            // Below the time after which the service closes it.
            if (System.nanoTime() - one.since < millis(20_000)) {
                return one.connection;
            }
            one.connection.close();
        }
        return new Connection(fleet.port(number), PATIENCE);
    }

    /** Has nobody do anything more, and waits for what is under way and for the reloads to run out. */
    void freeze() throws InterruptedException {
        goesOn = false;
        threads.shutdown();
        threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Thread.sleep(5_000);
    }

    /** The pages, by instance, that do not count the people who are there, each with what it says. */
    List<String> wrongPages() throws IOException {
        var here = new HashMap<String, Set<String>>();
        for (var member : members) {
            var people = here.computeIfAbsent(member.page, page -> new HashSet<>());
            if (member.here) {
                people.add(member.account.id());
            }
        }
        var wrong = new ArrayList<String>();
        for (var page : here.entrySet()) {
            for (var number = 0; number < fleet.size(); number++) {
                var list = exchange(number, Request.get("list?pagePath=" + page.getKey(), members.get(0).account, ""));
                if (!list.contains("\"viewerCount\":" + page.getValue().size() + ",")) {
                    wrong.add(page.getKey() + " at " + fleet.at(number).name + ": "
                            + page.getValue().size() + " are there, and the list has "
                            + list.replaceAll("(?s).*(\"viewerCount\":\\d+).*", "$1"));
                }
            }
        }
        return wrong;
    }

    @Override
    public void close() {
        goesOn = false;
        threads.shutdownNow();
    }
}
