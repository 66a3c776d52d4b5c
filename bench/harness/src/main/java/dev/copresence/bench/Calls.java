package dev.copresence.bench;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What one call costs: CPU time of the server's process per request, under full load, in turns with the yardsticks. 2,000
 * users have a tab each, five on a page.
 */
final class Calls {

    static final int USERS = 2_000;
    static final int TABS_ON_A_PAGE = 5;

    private static final int WARM_UP_RUNS = 30;
    private static final double COMPILED = 0.03;
    private static final int SECONDS = 3;
    private static final Pattern ETAG = Pattern.compile("\"etag\":\"([^\"]+)\"");

    private Calls() {}

    /** A server, and the file of requests that it gets. */
    private record Case(String name, Server server, Path requests) {}

    private interface RequestOf {
        Request of(Tab tab, String etag);
    }

    /** A call and the requests that make it. */
    private record Call(String name, String what, RequestOf requestOf) {}

    private static final Call HEARTBEAT =
            new Call("heartbeat", "A heartbeat of a tab that knows its page, by bearer token.", Tab::heartbeat);

    private static final Call FULL_HEARTBEAT = new Call(
            "full-heartbeat",
            "A heartbeat without \"known\": each answer holds the page's snapshot (but Node's, which has none).",
            (tab, etag) -> tab.heartbeat(null));

    private static final Call LIST =
            new Call("list", "The list of a page with five viewers, by bearer token.", (tab, etag) -> tab.list(null));

    private static final Call UNCHANGED = new Call(
            "unchanged",
            "The list of a page that the reader has already, by bearer token: 304 (Node's knows no ETag and sends it again).",
            Tab::list);

    static void calls(Provider provider) throws IOException {
        against(provider, HEARTBEAT, LIST, UNCHANGED);
    }

    static void heartbeat(Provider provider) throws IOException {
        against(provider, HEARTBEAT);
    }

    static void fullHeartbeat(Provider provider) throws IOException {
        against(provider, FULL_HEARTBEAT);
    }

    static void list(Provider provider) throws IOException {
        against(provider, LIST);
    }

    static void unchanged(Provider provider) throws IOException {
        against(provider, UNCHANGED);
    }

    private static void against(Provider provider, Call... calls) throws IOException {
        var quick = System.getenv("BENCH_QUICK") != null;
        try (var ours = Server.copresence(Server.longLives());
                var other = Server.otherBuild(Server.longLives());
                var bare = Server.bare();
                var oidc = quick ? null : Server.bareOidc();
                var node = quick ? null : Server.node()) {
            var tabs = tabs(provider.accounts(USERS));
            var etags = join(ours, tabs);
            if (node != null) {
                join(node, tabs);
            }
            if (other != null) {
                join(other, tabs);
            }
            for (var call : calls) {
                var requests = Wrk.file(call.name, requests(tabs, etags, call.requestOf));
                var cases = Stream.of(ours, other, bare, oidc, node)
                        .filter(Objects::nonNull)
                        .map(server -> new Case(server.name, server, requests))
                        .toList();
                measure(call.name, call.what, cases);
            }
        }
    }

    /** The service without rules, and with twenty of which the last is the one that decides. */
    static void access(Provider provider) throws IOException {
        var rules = new ArrayList<>(List.of(Server.longLives()));
        for (var n = 0; n < 20; n++) {
            var rule = "-Dcopresence.access.rules[" + n + "].";
            rules.add(rule + "paths=" + (n < 19 ? "/area-" + n + "/**,/teams/*/area-" + n + "/**" : "/docs/**"));
            rules.add(rule + "view=" + (n < 19 ? "role:reader-" + n : "users"));
        }
        try (var without = Server.copresence("no rules", 18080, Server.HEAP, Server.longLives());
                var with = Server.copresence("20 rules", 18086, Server.HEAP, rules.toArray(String[]::new))) {
            var tabs = tabs(provider.accounts(USERS));
            var etags = join(without, tabs);
            join(with, tabs);
            for (var call : List.of(HEARTBEAT, LIST)) {
                var requests = Wrk.file(call.name, requests(tabs, etags, call.requestOf));
                measure(
                        "access-" + call.name,
                        call.what + " With twenty rules of access, the last of which decides, and without any.",
                        List.of(new Case("20 rules", with, requests), new Case("no rules", without, requests)));
            }
        }
    }

    /** Heartbeats of editors, each on a page of their own, where fences are signed and where they are not. */
    static void receipts(Provider provider) throws IOException {
        var keys = new ArrayList<>(List.of(Server.longLives()));
        keys.add("-Dcopresence.receipts.keys=" + Keys.file(Bench.HOME.resolve("target/receipt-keys.json")));
        keys.add("-Dcopresence.receipts.issuer=https://presence.example");
        keys.add("-Dcopresence.receipts.audience=https://wiki.example");
        try (var without = Server.copresence("no receipts", 18080, Server.HEAP, Server.longLives());
                var with = Server.copresence("receipts", 18086, Server.HEAP, keys.toArray(String[]::new))) {
            var accounts = provider.accounts(USERS);
            var editors = IntStream.range(0, USERS)
                    .mapToObj(n -> Tab.of(accounts.get(n), n, "/edited/" + n))
                    .toList();
            for (var server : List.of(without, with)) {
                try (var connection = new Connection(server.port)) {
                    for (var tab : editors) {
                        connection.call(tab.edit(false));
                    }
                }
            }
            var known = Wrk.file(
                    "receipts-known",
                    editors.stream().map(tab -> tab.edit(true)).toList());
            var told = Wrk.file(
                    "receipts-told",
                    editors.stream().map(tab -> tab.edit(false)).toList());
            measure(
                    "receipts",
                    "A heartbeat of a tab that holds a lease: where the service signs fences, for a tab that has its receipt and for"
                            + " one that is given it each time, and where it signs none. A signature is made once for each"
                            + " fence and half of its life, so hardly any is made here.",
                    List.of(
                            new Case("no receipts", without, known),
                            new Case("receipt known", with, known),
                            new Case("receipt given", with, told)));
        }
    }

    /** The native executables of the service and of the bare endpoint, which have to be built before, and the same on a JVM. */
    static void natively(Provider provider) throws IOException {
        if (!Files.exists(Server.nativeExecutable())) {
            throw new IOException("no native executable: ./mvnw package -Dnative");
        }
        var quick = System.getenv("BENCH_QUICK") != null;
        try (var ours = Server.copresenceNative("native", 18086, List.of("-Xmx512m"), Server.longLives());
                var other = Server.otherExecutable(Server.longLives());
                var bareNative = Server.bareNative();
                var node = quick ? null : Server.node();
                var jvm = quick ? null : Server.copresence(Server.longLives());
                var bare = quick ? null : Server.bare()) {
            var tabs = tabs(provider.accounts(USERS));
            var etags = join(ours, tabs);
            for (var server :
                    Stream.of(other, node, jvm).filter(Objects::nonNull).toList()) {
                join(server, tabs);
            }
            for (var call : List.of(HEARTBEAT, FULL_HEARTBEAT, LIST, UNCHANGED)) {
                var requests = Wrk.file(call.name, requests(tabs, etags, call.requestOf));
                var cases = Stream.of(ours, other, bareNative, node, jvm, bare)
                        .filter(Objects::nonNull)
                        .map(server -> new Case(server == jvm ? "the same on a JVM" : server.name, server, requests))
                        .toList();
                measure("native-" + call.name, call.what, cases);
            }
        }
    }

    static void cookieHeartbeat(Provider provider) throws IOException {
        byCookie(
                provider,
                "cookie-heartbeat",
                "A heartbeat of a tab that knows its page, by session cookie.",
                Tab::heartbeat);
    }

    static void cookieList(Provider provider) throws IOException {
        byCookie(
                provider,
                "cookie-list",
                "The list of a page with five viewers, by session cookie.",
                (tab, etag) -> tab.list(null));
    }

    /** The cookies of each kind go to their server; the bare endpoint, which looks at none, gets the larger ones. */
    private static void byCookie(Provider provider, String name, String what, RequestOf requestOf) throws IOException {
        try (var ours = Server.copresence(Server.longLives());
                var bare = Server.bare();
                var node = Server.node()) {
            var tabs = tabs(provider.accounts(USERS));
            var etags = join(ours, tabs);
            join(node, tabs);
            var login = logIn(ours, tabs.size());
            var requests = requests(tabs, etags, requestOf);
            var oursFile = Wrk.file(name, with(requests, login));
            var bearers = Wrk.file(name + "-bearer", requests);
            var nodeFile = Wrk.file(name + "-node", with(requests, nodeSessions(node, tabs)));
            measure(
                    name,
                    what,
                    List.of(
                            new Case(ours.name, ours, oursFile),
                            new Case("the same by bearer", ours, bearers),
                            new Case(bare.name, bare, oursFile),
                            new Case(node.name, node, nodeFile)));
        }
    }

    static void hotPage(Provider provider) throws IOException {
        try (var ours = Server.copresence(Server.longLives())) {
            var accounts = provider.accounts(5_000);
            var hot = IntStream.range(0, 10_000)
                    .mapToObj(n -> Tab.of(accounts.get(n / 2), 100_000 + n, "/hot"))
                    .toList();
            var hundred = IntStream.range(0, 100)
                    .mapToObj(n -> Tab.of(accounts.get(n), 300_000 + n, "/hundred"))
                    .toList();
            var small = tabs(accounts.subList(0, USERS));
            var etags = join(ours, small);
            etags.putAll(join(ours, hundred));
            etags.putAll(join(ours, hot));
            measure(
                    "hot-page",
                    "A page with 10,000 tabs of 5,000 users, beside pages of five tabs, in one process. A snapshot "
                            + "lists at most 100 viewers, so the list of the hot page is beside that of a page with 100.",
                    List.of(
                            new Case(
                                    "heartbeat, hot page", ours, Wrk.file("hot", requests(hot, etags, Tab::heartbeat))),
                            new Case(
                                    "heartbeat, 5 tabs",
                                    ours,
                                    Wrk.file("small", requests(small, etags, Tab::heartbeat))),
                            new Case(
                                    "list, hot page",
                                    ours,
                                    Wrk.file("hot-list", requests(hot, etags, (tab, etag) -> tab.list(null)))),
                            new Case(
                                    "list, 100 tabs",
                                    ours,
                                    Wrk.file("hundred-list", requests(hundred, etags, (tab, etag) -> tab.list(null)))),
                            new Case("list 304, hot page", ours, Wrk.file("hot-304", requests(hot, etags, Tab::list))),
                            new Case(
                                    "list 304, 100 tabs",
                                    ours,
                                    Wrk.file("hundred-304", requests(hundred, etags, Tab::list)))),
                    2);
        }
    }

    static void storm(Provider provider) throws IOException {
        try (var ours = Server.copresence(Server.longLives());
                var bare = Server.bare();
                var node = Server.node()) {
            var accounts = provider.accounts(USERS);
            var requests = new ArrayList<Request>();
            for (var n = 0; n < USERS; n++) {
                var tab = Tab.of(accounts.get(n), n, "/storm/" + n % 20);
                requests.add(tab.join());
                requests.add(tab.leave());
            }
            var file = Wrk.file("storm", requests);
            var heartbeats = Wrk.file(
                    "storm-bare",
                    tabs(accounts).stream().map(tab -> tab.heartbeat(null)).toList());
            measure(
                    "storm",
                    "Tabs that join and leave 20 pages, each call a change of its page (the bare endpoint gets heartbeats).",
                    List.of(
                            new Case(ours.name, ours, file),
                            new Case(bare.name, bare, heartbeats),
                            new Case(node.name, node, file)));
        }
    }

    static List<Tab> tabs(List<Account> accounts) {
        return IntStream.range(0, accounts.size())
                .mapToObj(n -> Tab.of(accounts.get(n), n, "/docs/page-" + n / TABS_ON_A_PAGE))
                .toList();
    }

    /** The etag of each page after all have joined; empty for a server that has none. */
    static Map<String, String> join(Server server, List<Tab> tabs) throws IOException {
        var etags = new LinkedHashMap<String, String>();
        try (var connection = new Connection(server.port)) {
            for (var tab : tabs) {
                var etag = ETAG.matcher(connection.call(tab.join()));
                etags.put(tab.page(), etag.find() ? etag.group(1) : "");
            }
        }
        return etags;
    }

    private static List<Request> requests(List<Tab> tabs, Map<String, String> etags, RequestOf requestOf) {
        return tabs.stream()
                .map(tab -> requestOf.of(tab, etags.get(tab.page())))
                .toList();
    }

    private static List<Request> with(List<Request> requests, List<String> cookies) {
        return IntStream.range(0, requests.size())
                .mapToObj(n -> requests.get(n).withCookie(cookies.get(n)))
                .toList();
    }

    /** Session cookies of the first accounts, by the authorization code flow. */
    private static List<String> logIn(Server server, int count) throws IOException {
        var cookies = new ArrayList<String>();
        for (var n = 0; n < count; n++) {
            var jar = new CookieManager();
            var browser = HttpClient.newBuilder().cookieHandler(jar).build();
            var authorize = location(browser, server.url() + "/login", "");
            location(browser, location(HttpClient.newHttpClient(), authorize, "account=" + n), "");
            cookies.add(jar.getCookieStore().getCookies().stream()
                    .filter(cookie -> cookie.getName().startsWith("q_session"))
                    .map(cookie -> cookie.getName() + "=" + cookie.getValue())
                    .reduce((one, other) -> one + "; " + other)
                    .orElseThrow(() -> new IOException("no session")));
        }
        return cookies;
    }

    private static String location(HttpClient client, String url, String cookie) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(url));
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        try {
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return answer.headers().firstValue("Location").orElseThrow(() -> new IOException(url + ": " + answer));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> nodeSessions(Server node, List<Tab> tabs) throws IOException {
        var cookies = new ArrayList<String>();
        try (var connection = new Connection(node.port)) {
            for (var tab : tabs) {
                var text = tab.heartbeat(null).text().replace("/api/presence/heartbeat", "/session");
                var cookie = Pattern.compile("(?i)set-cookie: ([^;]+)").matcher(connection.call(new Request(text)));
                if (!cookie.find()) {
                    throw new IOException("no session");
                }
                cookies.add(cookie.group(1));
            }
        }
        return cookies;
    }

    private static void measure(String name, String what, List<Case> cases) throws IOException {
        measure(name, what, cases, cases.size());
    }

    /** Until the just-in-time compiler has next to nothing to do, twice in a row: before that a run measures the compiler. */
    static void warmUp(Server server, Path requests) throws IOException {
        var quiet = 0;
        for (var run = 0; run < WARM_UP_RUNS && quiet < 2; run++) {
            var compiled = server.compilerMicros();
            var result = Wrk.run(server, requests, SECONDS);
            var share = (server.compilerMicros() - compiled) / (result.cpuMicros() * result.requests());
            System.err.printf(
                    "warming up %s: %.1f µs, %.0f %% of it compiling%n", server.name, result.cpuMicros(), share * 100);
            quiet = run > 0 && share < COMPILED ? quiet + 1 : 0;
        }
    }

    /** Our server alone and warm, for a flight recorder: see BENCH_JFR in the README. */
    static void profile(Provider provider) throws IOException {
        try (var ours = Server.copresence(Server.longLives())) {
            var tabs = tabs(provider.accounts(USERS));
            var etags = join(ours, tabs);
            for (var call : List.of(HEARTBEAT, LIST)) {
                var one = new Case(call.name, ours, Wrk.file(call.name, requests(tabs, etags, call.requestOf)));
                warmUp(one.server, one.requests);
                var recording = ours.record(call.name);
                measure("profile", "For a profile.", List.of(one), 1);
                recording.stop();
            }
        }
    }

    /** @param group how many of the cases, from the first on, are compared with one another, and so on from there */
    private static void measure(String name, String what, List<Case> cases, int group) throws IOException {
        for (var one : cases) {
            warmUp(one.server, one.requests);
        }
        var cpu = new LinkedHashMap<String, Sample>();
        var rate = new LinkedHashMap<String, Sample>();
        for (var run = 0; run < Bench.runs(7); run++) {
            for (var one : cases) {
                var result = Wrk.run(one.server, one.requests, SECONDS);
                cpu.computeIfAbsent(one.name, c -> new Sample()).add(result.cpuMicros());
                rate.computeIfAbsent(one.name, c -> new Sample()).add(result.perSecond());
            }
        }
        var report = new Report(name, what);
        for (var i = 0; i < cases.size(); i++) {
            var subject = cases.get(i).name;
            report.add(subject, "CPU per call", "µs", cpu.get(subject));
            report.add(subject, "calls per second", "", rate.get(subject));
            var first = i / group * group;
            var ours = cpu.get(cases.get(first).name);
            if (i > first) {
                report.add(cases.get(first).name, "of " + subject, "×", ours.with(cpu.get(subject), (a, b) -> a / b));
            }
        }
        report.publish();
    }
}
