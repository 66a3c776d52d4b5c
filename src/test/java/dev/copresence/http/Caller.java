package dev.copresence.http;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.json.JsonArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A user and the calls that this user makes with a bearer token of their own. */
final class Caller {

    final String id;
    private final String token;

    private Caller(String id, String token) {
        this.id = id;
        this.token = token;
    }

    /** A user whom no other test knows. */
    static Caller stranger(String firstName) {
        var id = Tokens.stranger(firstName);
        return new Caller(id, Tokens.of(id));
    }

    /** A user of that provider whom no other test knows. */
    static Caller stranger(String firstName, TokenProvider provider) {
        var id = Tokens.stranger(firstName);
        return new Caller(id, provider.good(id).with("name", nameOf(id)).compact());
    }

    /** A user of that provider whom no other test knows, with these roles. */
    static Caller with(String firstName, TokenProvider provider, String... roles) {
        var id = Tokens.stranger(firstName);
        var token = provider.good(id).with("name", nameOf(id)).with("groups", new JsonArray(List.of(roles)));
        return new Caller(id, token.compact());
    }

    static String newTab() {
        return UUID.randomUUID().toString();
    }

    /** A page where nobody has been. */
    static String newPage() {
        return "/docs/" + UUID.randomUUID();
    }

    /** The name that the provider gives to the user. */
    String name() {
        return nameOf(id);
    }

    private static String nameOf(String id) {
        return Character.toUpperCase(id.charAt(0)) + id.substring(1);
    }

    String token() {
        return token;
    }

    RequestSpecification request() {
        return given().auth().oauth2(token);
    }

    ValidatableResponse post(String call, Object body) {
        return request()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/presence/" + call)
                .then();
    }

    ValidatableResponse join(String page, String tab) {
        return join(page, tab, Map.of());
    }

    ValidatableResponse join(String page, String tab, Map<String, ?> more) {
        return post("join", body(page, tab, more));
    }

    ValidatableResponse beat(String page, String tab, boolean editing) {
        return beat(page, tab, editing, Map.of());
    }

    ValidatableResponse beat(String page, String tab, boolean editing, Map<String, ?> more) {
        var body = body(page, tab, more);
        body.put("isEditing", editing);
        return post("heartbeat", body);
    }

    ValidatableResponse leave(String page, String tab) {
        return leave(page, tab, Map.of());
    }

    ValidatableResponse leave(String page, String tab, Map<String, ?> more) {
        return post("leave", body(page, tab, more));
    }

    ValidatableResponse list(String page) {
        return request().queryParam("pagePath", page).get("/api/presence/list").then();
    }

    /** The list as it came over the wire, to compare byte by byte. */
    String listed(String page) {
        return list(page).statusCode(200).extract().asString();
    }

    private static Map<String, Object> body(String page, String tab, Map<String, ?> more) {
        var body = new HashMap<String, Object>(more);
        body.put("pagePath", page);
        body.put("tabId", tab);
        return body;
    }
}
