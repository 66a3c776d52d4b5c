package dev.copresence.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceRegistry;
import dev.copresence.User;
import dev.copresence.access.Access;
import dev.copresence.http.door.RequestRate;
import dev.copresence.http.identity.Admission;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.Problems;
import dev.copresence.http.refusals.RefusedException;
import dev.copresence.http.refusals.StrictJson;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.validation.Validator;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** Presence over HTTP: tabs join, beat and leave; anybody with an identity asks who is on a page. */
@Path("/api/presence")
@Produces(MediaType.APPLICATION_JSON)
// Admission asks for it; nothing else would tell the description.
@SecurityRequirement(name = "SecurityScheme")
public class PresenceResource {

    private static final String REVALIDATE = "private, no-cache";
    private static final Duration A_SECOND = Duration.ofSeconds(1);

    private final PresenceRegistry registry;
    private final Access access;
    private final PresenceConfig config;
    private final SnapshotEncoder encoder;
    private final ObjectMapper mapper;
    private final Validator validator;
    private final Problems problems;
    private final RequestRate rate;
    private final Counter heartbeats;

    PresenceResource(
            PresenceRegistry registry,
            Access access,
            PresenceConfig config,
            SnapshotEncoder encoder,
            ObjectMapper mapper,
            Validator validator,
            Problems problems,
            RequestRate rate,
            MeterRegistry meters) {
        this.registry = registry;
        this.access = access;
        this.config = config;
        this.encoder = encoder;
        this.mapper = mapper;
        this.validator = validator;
        this.problems = problems;
        this.rate = rate;
        this.heartbeats = Counter.builder("copresence.heartbeats")
                .description("Heartbeats served")
                .register(meters);
    }

    @POST
    @Path("join")
    public Uni<HeartbeatAnswerBody> join(JoinBody body, @Context RoutingContext context) {
        var user = Admission.user(context);
        var heartbeat = allowed(context, body.toHeartbeat());
        return registry.join(user, heartbeat).map(beat -> beatBody(user, beat, null));
    }

    @POST
    @Path("heartbeat")
    public Uni<HeartbeatAnswerBody> heartbeat(HeartbeatBody body, @Context RoutingContext context) {
        var user = Admission.user(context);
        var heartbeat = allowed(context, body.toHeartbeat());
        var wait = Admission.wait(context);
        return (wait == null ? registry.heartbeat(user, heartbeat) : heartbeatIfDue(user, heartbeat, wait))
                .map(beat -> beatBody(user, beat, body));
    }

    /**
     * The heartbeat, if the caller may say what it says.
     *
     * @throws RefusedException if the tab is to be unlisted, and the caller is none of those who may hide
     */
    private Heartbeat allowed(RoutingContext context, Heartbeat heartbeat) {
        if (!heartbeat.listed() && !access.mayHide(Admission.asCaller(context))) {
            throw new RefusedException(List.of(new Problem.Violation("isListed", "must not be false for this user")));
        }
        return heartbeat;
    }

    /** Serves a heartbeat beyond the rate if it is due all the same; the store is not asked for each. */
    private Uni<HeartbeatAnswer> heartbeatIfDue(User user, Heartbeat heartbeat, Duration wait) {
        if (!rate.mayAskFor(user.id(), heartbeat.tab())) {
            throw RefusedException.tooManyRequests(wait);
        }
        return registry.isDue(user.id(), heartbeat.tab()).chain(due -> {
            if (!due) {
                throw RefusedException.tooManyRequests(wait);
            }
            return registry.heartbeat(user, heartbeat);
        });
    }

    @POST
    @Path("leave")
    public Uni<Map<String, String>> leave(LeaveBody body, @Context RoutingContext context) {
        return registry.leave(Admission.user(context), body.toLeave()).map(left -> Map.of());
    }

    @POST
    @Path("batch")
    public Uni<BatchBody.Answer> batch(BatchBody body, @Context RoutingContext context) {
        body.check();
        var user = Admission.user(context);
        // The request itself counts as the first of its items.
        var served = 1 + rate.takeOf(user.id(), Math.max(0, body.size() - 1));
        var turns = new Batch(problems);
        for (var item : body.heartbeatItems()) {
            var inTime = turns.size() < served;
            turns.add(() -> heartbeat(context, item, inTime));
        }
        for (var item : body.leaveItems()) {
            var inTime = turns.size() < served;
            turns.add(() -> leave(user, item, inTime));
        }
        return turns.all().map(BatchBody.Answer::new);
    }

    private Batch.Item heartbeat(RoutingContext context, JsonNode item, boolean inTime) {
        var user = Admission.user(context);
        var body = itemOf(item, HeartbeatBody.class);
        var heartbeat = allowed(context, body.toHeartbeat());
        return new Batch.Item(
                heartbeat.tab(),
                () -> (inTime ? registry.heartbeat(user, heartbeat) : heartbeatIfDue(user, heartbeat, A_SECOND))
                        .map(beat -> BatchBody.Result.of(beatBody(user, beat, body))));
    }

    private Batch.Item leave(User user, JsonNode item, boolean inTime) {
        if (!inTime) {
            throw RefusedException.tooManyRequests(A_SECOND);
        }
        var leave = itemOf(item, LeaveBody.class).toLeave();
        return new Batch.Item(leave.tab(), () -> registry.leave(user, leave).map(left -> BatchBody.Result.left()));
    }

    private <T> T itemOf(JsonNode item, Class<T> type) {
        return StrictJson.read(mapper, validator, item, type);
    }

    @GET
    @Path("list")
    @Operation(summary = "Who is on a page")
    @Parameter(
            name = "pagePath",
            in = ParameterIn.QUERY,
            required = true,
            description = FieldTexts.PAGE_PATH,
            example = "/docs/a",
            schema = @Schema(type = SchemaType.STRING))
    @APIResponse(
            responseCode = "200",
            description = "The page's snapshot",
            headers = @Header(name = HttpHeaders.ETAG, description = "For If-None-Match, and known of a heartbeat"),
            content = @Content(schema = @Schema(implementation = SnapshotBody.class)))
    @APIResponse(responseCode = "304", description = "The reader has the snapshot")
    public Uni<Response> list(
            @Context RoutingContext context,
            @Parameter(description = "Etags of snapshots that the reader has") @HeaderParam(HttpHeaders.IF_NONE_MATCH)
                    List<String> ifNoneMatch) {
        return registry.list(PageQuery.page(validator, context.request().query()))
                .map(snapshot -> {
                    var encoded = encoder.encode(snapshot);
                    var response = EntityTags.include(ifNoneMatch, encoded.etag())
                            ? Response.notModified()
                            : Response.ok(encoded.bytes(), MediaType.APPLICATION_JSON_TYPE);
                    // In the place of what every answer begins with; a header of the built response would be one more.
                    context.response().putHeader(HttpHeaders.CACHE_CONTROL, REVALIDATE);
                    return response.tag(new EntityTag(encoded.etag())).build();
                });
    }

    @GET
    @Path("me")
    @NonBlocking
    public UserBody me(@Context RoutingContext context) {
        return UserBody.of(Admission.user(context));
    }

    private HeartbeatAnswerBody beatBody(User user, HeartbeatAnswer beat, @Nullable HeartbeatBody heard) {
        heartbeats.increment();
        var snapshot = encoder.encode(beat.snapshot());
        return HeartbeatAnswerBody.of(
                user, beat, snapshot, heard != null && heard.knows(snapshot), config.heartbeatInterval());
    }
}
