package dev.copresence.bench;

import java.nio.charset.StandardCharsets;

/** A request of HTTP/1.1 as it goes over the wire. */
record Request(String text) {

    static Request post(String call, Account account, String body) {
        return post(call, bearer(account), body);
    }

    /** @param credential header lines, each with its end */
    static Request post(String call, String credential, String body) {
        return new Request("POST /api/presence/" + call + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + credential
                + "Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    static Request get(String call, Account account, String more) {
        return get(call, bearer(account) + more);
    }

    static Request get(String call, String headers) {
        return new Request("GET /api/presence/" + call + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers
                + "Accept: application/json\r\n\r\n");
    }

    /** For an open stream of a page's snapshots. */
    static Request stream(String page, Account account) {
        return streams("pagePath=" + page, account);
    }

    /** For an open stream of the pages that the query names. */
    static Request streams(String query, Account account) {
        return new Request("GET /api/presence/stream?" + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer(account)
                + "Accept: text/event-stream\r\n\r\n");
    }

    /** The same request with a session's cookie for the bearer. */
    Request withCookie(String cookie) {
        return new Request(
                text.replaceFirst("Authorization: [^\r]*", "Cookie: " + cookie + "\r\nSec-Fetch-Site: same-origin"));
    }

    private static String bearer(Account account) {
        return "Authorization: Bearer " + account.token() + "\r\n";
    }
}
