package dev.copresence.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * As much of a browser as a login needs: cookies, redirects and forms. Unlike the JDK's own cookie handler, but like a
 * browser, it sends secure cookies to the loopback address over plain HTTP.
 */
final class KeycloakBrowser {

    /** What there is to see, and where. */
    record Page(URI address, int status, String html) {}

    private static final Pattern FORM = Pattern.compile("<form[^>]*?\\saction=\"([^\"]*)\"");
    private static final Pattern HIDDEN = Pattern.compile("<input[^>]*type=\"hidden\"[^>]*>");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\s(name|value)=\"([^\"]*)\"");
    private static final int MAX_REDIRECTS = 20;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Map<String, String>> cookies = new HashMap<>();

    Page open(URI address) {
        return follow(HttpRequest.newBuilder(address).GET());
    }

    /** Fills in the page's one form and sends it. */
    Page submit(Page page, Map<String, String> fields) {
        var form = FORM.matcher(page.html());
        if (!form.find()) {
            throw new AssertionError("No form at " + page.address() + ": " + page.html());
        }
        var all = hiddenFields(page.html());
        all.putAll(fields);
        var body = all.entrySet().stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
        var action = page.address().resolve(unescape(form.group(1)));
        return follow(HttpRequest.newBuilder(action)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** The cookies that go to the address's host and port, by name. */
    Map<String, String> cookies(URI address) {
        return Map.copyOf(jar(address));
    }

    private Page follow(HttpRequest.Builder request) {
        var response = send(request);
        for (var i = 0; i < MAX_REDIRECTS; i++) {
            var location = response.headers().firstValue("Location");
            if (location.isEmpty()) {
                return new Page(response.uri(), response.statusCode(), response.body());
            }
            response = send(HttpRequest.newBuilder(response.uri().resolve(location.get()))
                    .GET());
        }
        throw new AssertionError("Too many redirects, the last one to " + response.uri());
    }

    private HttpResponse<String> send(HttpRequest.Builder builder) {
        var jar = jar(builder.build().uri());
        if (!jar.isEmpty()) {
            var header = jar.entrySet().stream().map(c -> c.getKey() + "=" + c.getValue());
            builder.setHeader("Cookie", header.collect(Collectors.joining("; ")));
        }
        try {
            var response = http.send(builder.build(), HttpResponse.BodyHandlers.ofString());
            response.headers().allValues("Set-Cookie").forEach(cookie -> keep(jar, cookie));
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Map<String, String> jar(URI address) {
        return cookies.computeIfAbsent(address.getAuthority(), authority -> new TreeMap<>());
    }

    private static void keep(Map<String, String> jar, String cookie) {
        var pair = cookie.split(";", 2)[0].split("=", 2);
        if (cookie.matches("(?i).*;\\s*max-age=0\\b.*") || pair[1].isEmpty()) {
            jar.remove(pair[0]);
        } else {
            jar.put(pair[0], pair[1]);
        }
    }

    private static Map<String, String> hiddenFields(String html) {
        var fields = new LinkedHashMap<String, String>();
        HIDDEN.matcher(html).results().forEach(input -> {
            var attributes = ATTRIBUTE
                    .matcher(input.group())
                    .results()
                    .collect(Collectors.toMap(found -> found.group(1), found -> unescape(found.group(2)), (a, b) -> a));
            if (attributes.containsKey("name")) {
                fields.put(attributes.get("name"), attributes.getOrDefault("value", ""));
            }
        });
        return fields;
    }

    private static String unescape(String attribute) {
        return attribute.replace("&amp;", "&");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
