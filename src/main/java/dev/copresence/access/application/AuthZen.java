package dev.copresence.access.application;

import dev.copresence.access.AccessConfig;
import dev.copresence.access.Caller;
import dev.copresence.access.DecisionPoint;
import dev.copresence.access.Right;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.tls.runtime.config.TlsConfigUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A decision point that is asked over HTTP: the Access Evaluations of AuthZEN's Authorization API 1.0, section 7. The caller is the
 * subject of all, each evaluation has its action and its page.
 */
@ApplicationScoped
class AuthZen implements DecisionPoint {

    private static final String PATH = "/access/v1/evaluations";

    /** The most bytes of an answer: fifty decisions, each with reasons that nobody reads. */
    private static final int MOST_BYTES = 64 * 1024;

    private final @Nullable HttpClient client;
    private final RequestOptions request = new RequestOptions().setMethod(HttpMethod.POST);

    AuthZen(Vertx vertx, AccessConfig config, TlsConfigurationRegistry tls) {
        var pdp = config.pdp();
        if (pdp.url().isEmpty()) {
            client = null;
            return;
        }
        request.setAbsoluteURI(pdp.url().get().replaceFirst("/+$", "") + PATH);
        request.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        request.putHeader(HttpHeaders.ACCEPT, "application/json");
        pdp.token().ifPresent(token -> request.putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token));
        var options = Exchange.options().setMaxPoolSize(pdp.inFlight()).setConnectTimeout((int)
                pdp.timeout().toMillis());
        pdp.tls().flatMap(tls::get).ifPresent(known -> TlsConfigUtils.configure(options, known));
        client = vertx.createHttpClient(options);
    }

    @PreDestroy
    void close() {
        if (client != null) {
            client.close();
        }
    }

    @Override
    public Uni<List<Boolean>> decide(Caller caller, List<Evaluation> evaluations) {
        if (client == null) {
            return Uni.createFrom().failure(new IllegalStateException("There is none"));
        }
        return Exchange.of(client, new RequestOptions(request), question(caller, evaluations), MOST_BYTES)
                .map(AuthZen::decisions);
    }

    /** A request as section 7.1 has it. */
    static Buffer question(Caller caller, List<Evaluation> evaluations) {
        var properties = new JsonObject().put("roles", sorted(caller.roles())).put("groups", sorted(caller.groups()));
        var items = new JsonArray();
        for (var evaluation : evaluations) {
            items.add(new JsonObject()
                    .put("action", new JsonObject().put("name", action(evaluation.right())))
                    .put(
                            "resource",
                            new JsonObject()
                                    .put("type", "page")
                                    .put("id", evaluation.page().value())));
        }
        return new JsonObject()
                .put(
                        "subject",
                        new JsonObject()
                                .put("type", "user")
                                .put("id", caller.user().id().value())
                                .put("properties", properties))
                .put("evaluations", items)
                .put("options", new JsonObject().put("evaluations_semantic", "execute_all"))
                .toBuffer();
    }

    private static JsonArray sorted(Set<String> texts) {
        return new JsonArray(new ArrayList<>(new TreeSet<>(texts)));
    }

    private static String action(Right right) {
        return switch (right) {
            case VIEW -> "view";
            case NAMES -> "see-names";
            case INITIALS -> "see-initials";
            case COUNT -> "see-count";
            case EDIT -> "edit";
        };
    }

    /** The decisions of an answer as section 7.2 has it; whatever else is in it does not count. */
    static List<Boolean> decisions(Buffer answer) {
        try {
            List<Boolean> decisions = new ArrayList<>();
            for (var item : answer.toJsonObject().getJsonArray("evaluations", new JsonArray())) {
                decisions.add(((JsonObject) item).getBoolean("decision").booleanValue());
            }
            return decisions;
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            throw new IllegalStateException("It has answered what is no list of decisions", e);
        }
    }
}
