package dev.copresence.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.PresenceRegistry;
import dev.copresence.User;
import dev.copresence.access.Caller;
import dev.copresence.access.Decision;
import dev.copresence.access.Question;
import dev.copresence.http.door.RequestRate;
import dev.copresence.http.identity.Admission;
import dev.copresence.http.receipts.Receipts;
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
import java.util.function.BiFunction;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Presence over HTTP: tabs join, beat and leave; anybody with an identity asks who is on a page. */
@Path("/api/presence")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Presence", description = "Who is on which page.")
public class PresenceResource {

    private static final String REVALIDATE = "private, no-cache";
    private static final Duration A_SECOND = Duration.ofSeconds(1);

    private final PresenceRegistry registry;
    private final PageAccess pages;
    private final SnapshotEncoder encoder;
    private final ObjectMapper mapper;
    private final Validator validator;
    private final Problems problems;
    private final RequestRate rate;
    private final Receipts receipts;
    private final Counter heartbeats;

    PresenceResource(
            PresenceRegistry registry,
            PageAccess pages,
            SnapshotEncoder encoder,
            ObjectMapper mapper,
            Validator validator,
            Problems problems,
            RequestRate rate,
            Receipts receipts,
            MeterRegistry meters) {
        this.registry = registry;
        this.pages = pages;
        this.encoder = encoder;
        this.mapper = mapper;
        this.validator = validator;
        this.problems = problems;
        this.rate = rate;
        this.receipts = receipts;
        this.heartbeats = Counter.builder("copresence.heartbeats")
                .description("Heartbeats served")
                .register(meters);
    }

    @POST
    @Path("join")
    @Operation(operationId = "join", summary = "Bring a tab to a page, or to another one")
    public Uni<HeartbeatAnswerBody> join(JoinBody body, @Context RoutingContext context) {
        var caller = Admission.caller(context);
        var join = body.toHeartbeat();
        return pages.forTab(join, caller, decision -> beat(caller, join, decision, null, registry::join));
    }

    @POST
    @Path("heartbeat")
    @Operation(operationId = "heartbeat", summary = "Say that a tab is still there, and what it does")
    public Uni<HeartbeatAnswerBody> heartbeat(HeartbeatBody body, @Context RoutingContext context) {
        var wait = Admission.wait(context);
        return heartbeat(Admission.caller(context), body, body.toHeartbeat(), wait);
    }

    private Uni<HeartbeatAnswerBody> heartbeat(
            Caller caller, HeartbeatBody body, Heartbeat heartbeat, @Nullable Duration wait) {
        return pages.forTab(
                heartbeat,
                caller,
                decision -> beat(
                        caller,
                        heartbeat,
                        decision,
                        body,
                        wait == null
                                ? registry::heartbeat
                                : (user, permitted) -> heartbeatIfDue(user, permitted, wait)));
    }

    /** Brings or keeps a tab, with no claim if the decision is that its user may not edit. */
    private Uni<HeartbeatAnswerBody> beat(
            Caller caller,
            Heartbeat heartbeat,
            Decision decision,
            @Nullable HeartbeatBody heard,
            BiFunction<User, Heartbeat, Uni<HeartbeatAnswer>> call) {
        var user = caller.user();
        var permitted = decision.edit() ? heartbeat : heartbeat.withoutClaim();
        var isClaimRefused = !decision.edit() && Boolean.TRUE.equals(heartbeat.editing());
        return call.apply(user, permitted).map(answer -> {
            heartbeats.increment();
            var level = pages.level(decision, heartbeat, answer.editing());
            var sight = new Sight(level, answer.snapshot());
            var self = UserBody.of(caller, sight.selfId(user.id()));
            var etag = encoder.etag(answer.snapshot(), level);
            var snapshot = heard != null && heard.knows(etag) ? null : encoder.encode(answer.snapshot(), level);
            var hasReceipt = heard != null && heard.knowsReceipt();
            var receipt = receipts.of(user.id(), heartbeat.tab(), heartbeat.page(), answer.editing(), hasReceipt);
            var editing =
                    isClaimRefused ? EditingBody.forbidden() : EditingBody.orNone(answer.editing(), sight, receipt);
            var next = registry.nextHeartbeat(heartbeat, answer.editing());
            return HeartbeatAnswerBody.of(self, answer, etag, snapshot, next, editing);
        });
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
    @Operation(operationId = "leave", summary = "Take a tab off its page")
    public Uni<Map<String, String>> leave(LeaveBody body, @Context RoutingContext context) {
        return pages.leave(body.toLeave(), Admission.caller(context)).map(left -> Map.of());
    }

    @POST
    @Path("batch")
    @Operation(
            operationId = "sendBatch",
            summary = "Send heartbeats and leaves of up to 50 tabs; each is answered as it would be alone")
    public Uni<BatchBody.Answer> batch(BatchBody body, @Context RoutingContext context) {
        body.check();
        var caller = Admission.caller(context);
        // The request itself counts as the first of its items.
        var served = 1 + rate.takeOf(caller.user().id(), Math.max(0, body.size() - 1));
        var turns = new Batch(problems);
        for (var item : body.heartbeatItems()) {
            var inTime = turns.size() < served;
            turns.add(() -> heartbeat(caller, item, inTime));
        }
        for (var item : body.leaveItems()) {
            var inTime = turns.size() < served;
            turns.add(() -> leave(caller, item, inTime));
        }
        return turns.all().map(BatchBody.Answer::new);
    }

    private Batch.Item heartbeat(Caller caller, JsonNode item, boolean inTime) {
        var body = itemOf(item, HeartbeatBody.class);
        var heartbeat = body.toHeartbeat();
        return new Batch.Item(
                heartbeat.tab(),
                () -> heartbeat(caller, body, heartbeat, inTime ? null : A_SECOND)
                        .map(BatchBody.Result::of));
    }

    private Batch.Item leave(Caller caller, JsonNode item, boolean inTime) {
        if (!inTime) {
            throw RefusedException.tooManyRequests(A_SECOND);
        }
        var leave = itemOf(item, LeaveBody.class).toLeave();
        return new Batch.Item(leave.tab(), () -> pages.leave(leave, caller).map(left -> BatchBody.Result.left()));
    }

    private <T> T itemOf(JsonNode item, Class<T> type) {
        return StrictJson.read(mapper, validator, item, type);
    }

    @GET
    @Path("list")
    @Operation(operationId = "getPage", summary = "See who is on a page")
    @Parameter(
            name = "pagePath",
            in = ParameterIn.QUERY,
            required = true,
            description = FieldTexts.PAGE_PATH,
            example = "/docs/a",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "isListed",
            in = ParameterIn.QUERY,
            description = FieldTexts.AS_UNLISTED,
            schema = @Schema(type = SchemaType.BOOLEAN))
    @APIResponse(
            responseCode = "200",
            description = "The page's snapshot",
            headers =
                    @Header(
                            name = HttpHeaders.ETAG,
                            description = "For If-None-Match, and known of a heartbeat",
                            schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = PageForm.class)))
    @APIResponse(responseCode = "304", description = "The reader has the snapshot")
    public Uni<Response> list(
            @Context RoutingContext context,
            @Parameter(description = "Etags of snapshots that the reader has") @HeaderParam(HttpHeaders.IF_NONE_MATCH)
                    List<String> ifNoneMatch) {
        var query = context.request().query();
        var page = PageQuery.page(validator, query);
        var most = pages.most(PageQuery.isListed(query));
        return pages.on(
                page,
                Admission.caller(context),
                Question.SEE,
                decision -> registry.list(page).map(snapshot -> {
                    var level = decision.seeing(most).level();
                    var etag = encoder.etag(snapshot, level);
                    var response = EntityTags.include(ifNoneMatch, etag)
                            ? Response.notModified()
                            : Response.ok(encoder.encode(snapshot, level).bytes(), MediaType.APPLICATION_JSON_TYPE);
                    // In the place of what every answer begins with; a header of the built response would be one more.
                    context.response().putHeader(HttpHeaders.CACHE_CONTROL, REVALIDATE);
                    return response.tag(new EntityTag(etag)).build();
                }));
    }

    @GET
    @Path("me")
    @Operation(operationId = "getMe", summary = "See the caller as others see them")
    @NonBlocking
    public UserBody me(@Context RoutingContext context) {
        return UserBody.of(Admission.caller(context));
    }
}
