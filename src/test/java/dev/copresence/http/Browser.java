package dev.copresence.http;

import io.restassured.RestAssured;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A browser in as far as a login needs one: it keeps cookies, follows redirects and fills in the provider's form. */
final class Browser {

    private static final int MAX_REDIRECTS = 10;
    private static final Pattern HIDDEN_INPUT = Pattern.compile("<input type='hidden' name='(\\w+)' value='([^']*)'>");

    private final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
    private final HttpClient client =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    /** A browser in which {@code user} has logged in. */
    static Browser of(String user) throws IOException, InterruptedException {
        return of(user, "user");
    }

    /** A browser in which {@code user}, who has these roles, has logged in. */
    static Browser of(String user, String roles) throws IOException, InterruptedException {
        var browser = new Browser();
        browser.logIn(user, roles, "/login");
        return browser;
    }

    static URI address(String pathAndQuery) {
        return URI.create("http://localhost:" + RestAssured.port + pathAndQuery);
    }

    /** Opens a page that needs a login, logs {@code user} in, and gives the page where that ends. */
    HttpResponse<String> logIn(String user, String pathAndQuery) throws IOException, InterruptedException {
        return logIn(user, "user", pathAndQuery);
    }

    private HttpResponse<String> logIn(String user, String roles, String pathAndQuery)
            throws IOException, InterruptedException {
        var form = follow(HttpRequest.newBuilder(address(pathAndQuery)).build());
        var fields = new LinkedHashMap<String, String>();
        var inputs = HIDDEN_INPUT.matcher(form.body());
        while (inputs.find()) {
            fields.put(inputs.group(1), inputs.group(2));
        }
        fields.put("name", user);
        fields.put("roles", roles);
        var body = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return follow(HttpRequest.newBuilder(form.uri().resolve("/login"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    /** Sends one request with the cookies of this browser. */
    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    /** The {@code Cookie} header that a request to the service would have. */
    String cookieHeader() {
        return cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().startsWith("q_session"))
                .map(HttpCookie::toString)
                .collect(Collectors.joining("; "));
    }

    private HttpResponse<String> follow(HttpRequest request) throws IOException, InterruptedException {
        var response = send(request);
        for (var i = 0; i < MAX_REDIRECTS && response.statusCode() / 100 == 3; i++) {
            var location = response.headers().firstValue("Location").orElseThrow();
            response = send(
                    HttpRequest.newBuilder(response.uri().resolve(location)).build());
        }
        return response;
    }
}
