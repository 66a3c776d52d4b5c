package dev.copresence.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Somebody who has a login, a second token with another name, and time: all that a client may do to a service, all the
 * time, and slowly enough to leave the machine, which the load generator has to share, some time for the others.
 */
final class Hostile implements AutoCloseable {

    private static final int TABS = 100;
    private static final int FLOODS = 4;
    private static final int UNFINISHED = 150;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Fleet fleet;
    private final Account account;
    private final Account nameless;
    private final Account renamed;
    private final Random random = new Random();
    private final List<String> tabs = IntStream.range(0, TABS)
            .mapToObj(tab -> UUID.randomUUID().toString())
            .toList();
    private final Map<String, Map<String, Integer>> outcomes = new ConcurrentSkipListMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean goesOn = true;

    /** One way of attacking, done once. */
    private interface Attack {
        void run() throws IOException;
    }

    /** @param number of the account that nobody else uses */
    Hostile(Fleet fleet, Provider provider, int number) {
        this.fleet = fleet;
        account = provider.account(number, "Mallory");
        nameless = provider.account(number, null);
        renamed = provider.account(number, "Somebody else");
        for (var n = 0; n < FLOODS; n++) {
            start("flood " + n, this::floods);
        }
        start("others", this::others);
        start("unfinished", this::unfinished);
    }

    /** How often each attack was answered how. */
    Map<String, Map<String, Integer>> outcomes() {
        return outcomes;
    }

    private void start(String name, Runnable work) {
        var thread = new Thread(work, "hostile " + name);
        threads.add(thread);
        thread.setDaemon(true);
        thread.start();
    }

    // --- Floods

    /** Twenty seconds within the rate, three beyond it, and so on. */
    private void floods() {
        while (goesOn) {
            flood("flood within the rate", 10, Duration.ofSeconds(20));
            flood("flood beyond the rate", 120, Duration.ofSeconds(3));
        }
    }

    /** At one instance, on one connection as long as that is good. */
    private void flood(String attack, int perSecond, Duration time) {
        var start = System.nanoTime();
        while (goesOn && System.nanoTime() - start < time.toNanos()) {
            try (var connection = new Connection(fleet.port(random.nextInt(fleet.size())), PATIENCE)) {
                for (var n = 0; goesOn && System.nanoTime() - start < time.toNanos(); n++) {
                    // Two tokens of one user that do not agree on the name.
                    var token = n % 3 == 0 ? account : n % 3 == 1 ? nameless : renamed;
                    var beat = beat("/hostile/" + n % TABS, tabs.get(n % TABS), "");
                    count(attack, "" + Connection.status(connection.exchange(Request.post("heartbeat", token, beat))));
                    Bench.pause(Duration.ofNanos(1_000_000_000L / perSecond));
                }
            } catch (IOException e) {
                count(attack, e.getClass().getSimpleName());
                Bench.pause(Duration.ofMillis(200));
            }
        }
    }

    // --- All the others, in turn

    private void others() {
        var attacks = List.<Attack>of(
                this::joinsAtTheLimit,
                this::leavesWithIncarnations,
                this::junkCookies,
                this::methods,
                this::addresses,
                this::headers,
                this::bodies,
                this::newPages,
                this::resets);
        for (var n = 0; goesOn; n++) {
            try {
                attacks.get(n % attacks.size()).run();
            } catch (IOException e) {
                count("an attack that could not be made", e.getClass().getSimpleName());
            }
            Bench.pause(Duration.ofMillis(25));
        }
    }

    private void joinsAtTheLimit() {
        var beats = IntStream.range(0, 50)
                .mapToObj(n -> beat("/hostile/more-" + n, UUID.randomUUID().toString(), ""))
                .collect(Collectors.joining(","));
        send("50 joins at the limit of tabs", Request.post("batch", account, "{\"heartbeats\":[" + beats + "]}"));
    }

    private void leavesWithIncarnations() {
        var ids = IntStream.range(0, 25)
                .mapToObj(n -> UUID.randomUUID().toString())
                .toList();
        var beats = ids.stream()
                .map(id -> beat("/hostile/left", id, ",\"incarnation\":1"))
                .collect(Collectors.joining(","));
        var leaves = ids.stream()
                .map(id -> "{\"pagePath\":\"/hostile/left\",\"tabId\":\"" + id + "\",\"incarnation\":1}")
                .collect(Collectors.joining(","));
        send(
                "leaves with incarnations",
                Request.post("batch", account, "{\"heartbeats\":[" + beats + "],\"leaves\":[" + leaves + "]}"));
    }

    private void junkCookies() {
        var junk = "Cookie: q_session=" + text(2_000) + "; q_session_" + text(4) + "=" + text(200)
                + "the same thirty-two characters !\r\nSec-Fetch-Site: same-origin\r\n";
        send("junk cookies", Request.post("heartbeat", junk, beat("/hostile/0", tabs.get(0), "")));
        send("junk bearers", Request.get("me", "Authorization: Bearer " + text(300) + "\r\n"));
    }

    private void methods() {
        raw(
                "random methods",
                text(1 + random.nextInt(12)).toUpperCase(Locale.ROOT)
                        + " /api/presence/list HTTP/1.1\r\nHost: x\r\n\r\n");
        raw("long methods", "A".repeat(3_000) + text(5) + " / HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    private void addresses() {
        raw("bad addresses", "GET /" + text(9) + "| HTTP/1.1\r\nHost: x\r\n\r\n");
        raw("bad addresses", "GET /%" + text(9) + "%00/../ HTTP/1.1\r\nHost: x\r\n\r\n");
        raw("random addresses", "GET /" + text(9) + "/" + text(9) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        raw("random addresses", "GET /api/presence/" + text(9) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    private void headers() {
        raw(
                "random headers",
                "GET /api/presence/me HTTP/1.1\r\nHost: " + text(9) + "\r\nOrigin: https://" + text(9) + "\r\nAccept: "
                        + text(5) + "/" + text(5) + "\r\n\r\n");
        raw(
                "random headers",
                "POST /api/presence/join HTTP/1.1\r\nHost: x\r\nContent-Type: " + text(5) + "/" + text(5)
                        + "\r\nTransfer-Encoding: " + text(5) + "\r\n\r\n");
    }

    private void bodies() {
        send("bad bodies", Request.post("join", account, "{\"pagePath\":\"/" + text(9) + "\",\"tabId\":" + text(9)));
        send("bad bodies", Request.post("join", account, "[".repeat(20_000)));
    }

    private void newPages() {
        var path = "/hostile/" + text(900);
        send("ever new pages", Request.post("heartbeat", account, beat(path, tabs.get(random.nextInt(TABS)), "")));
        send("ever new pages", Request.get("list?pagePath=/hostile/" + text(200), account, ""));
    }

    private void resets() throws IOException {
        reset(Request.get("me", account, "").text(), Duration.ZERO);
        reset(Request.stream("/hostile/reset", account).text(), Duration.ofMillis(50));
        var body = beat("/hostile/0", tabs.get(0), "");
        var whole = Request.post("heartbeat", account, body).text();
        reset(whole.substring(0, whole.length() - 10), Duration.ofMillis(20));
    }

    private void reset(String text, Duration after) throws IOException {
        try (var socket = socket()) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            Bench.pause(after);
        }
        count("resets", "done");
    }

    // --- Unfinished requests

    /** Connections that begin a request and do not end it, for half a minute, and then all go. */
    private void unfinished() {
        while (goesOn) {
            var open = new ArrayList<Socket>();
            for (var n = 0; goesOn && n < UNFINISHED; n++) {
                try {
                    var socket = socket();
                    open.add(socket);
                    var start = n % 3 == 0
                            ? "GET /" + text(60_000)
                            : n % 3 == 1
                                    ? "GET / HTTP/1.1\r\nX: " + text(30_000)
                                    : "POST /api/presence/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                            + "Authorization: Bearer " + account.token()
                                            + "\r\nContent-Length: 60000\r\n\r\n{";
                    socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
                    count("unfinished requests", "begun");
                } catch (IOException e) {
                    count("unfinished requests", "cut off");
                }
                Bench.pause(Duration.ofMillis(100));
            }
            Bench.pause(Duration.ofSeconds(goesOn ? 15 : 0));
            for (var socket : open) {
                try {
                    socket.close();
                } catch (IOException e) {
                    count("unfinished requests", "could not be closed");
                }
            }
        }
    }

    // --- How

    private String beat(String page, String tab, String more) {
        return "{\"pagePath\":\"" + page + "\",\"tabId\":\"" + tab + "\",\"isEditing\":" + random.nextBoolean() + more
                + "}";
    }

    private String text(int length) {
        var text = new StringBuilder(length);
        for (var n = 0; n < length; n++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private void send(String attack, Request request) {
        raw(attack, request.text());
    }

    /** On a connection of its own: many of these do not leave one that could be used again. */
    private void raw(String attack, String text) {
        try (var socket = socket()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            var head =
                    new String(socket.getInputStream().readNBytes("HTTP/1.1 200".length()), StandardCharsets.US_ASCII);
            count(attack, head.isEmpty() ? "closed" : head.substring(Math.min(head.length(), "HTTP/1.1 ".length())));
        } catch (IOException e) {
            count(attack, e.getClass().getSimpleName());
        }
    }

    private Socket socket() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), fleet.port(random.nextInt(fleet.size())));
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private void count(String attack, String outcome) {
        outcomes.computeIfAbsent(attack, name -> new ConcurrentSkipListMap<>()).merge(outcome, 1, Integer::sum);
    }

    @Override
    public void close() {
        goesOn = false;
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
