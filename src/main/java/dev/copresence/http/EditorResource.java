package dev.copresence.http;

import dev.copresence.LeaseAnswer;
import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.PagePath;
import dev.copresence.PresenceRegistry;
import dev.copresence.PresenceSnapshot;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.access.Caller;
import dev.copresence.access.Decision;
import dev.copresence.access.Level;
import dev.copresence.access.Question;
import dev.copresence.http.identity.Admission;
import dev.copresence.http.receipts.Receipts;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.RefusedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Leases over HTTP: whether one is held, and how it goes from one editor to the next. */
@Path("/api/presence/editor")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Leases", description = "The right to edit a page or a section, and how it goes from one to the next.")
@APIResponse(
        responseCode = "409",
        description = "The lease is not so that this can be done; reason says why, editor who holds it",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
public class EditorResource {

    /** The role whose holder may ask whether others hold a lease: the backend that saves pages. */
    static final String VERIFIER = "copresence-verifier";

    /** The role whose holder may take a lease without asking. */
    static final String TAKE_OVER = "copresence-takeover";

    private final PresenceRegistry registry;
    private final PageAccess pages;
    private final SnapshotEncoder encoder;
    private final TakeOverAudit audit;
    private final Receipts receipts;
    private final Counter verifyRefusals;

    EditorResource(
            PresenceRegistry registry,
            PageAccess pages,
            SnapshotEncoder encoder,
            TakeOverAudit audit,
            Receipts receipts,
            MeterRegistry meters) {
        this.registry = registry;
        this.pages = pages;
        this.encoder = encoder;
        this.audit = audit;
        this.receipts = receipts;
        this.verifyRefusals = Counter.builder("copresence.lease.verify.refusals")
                .description(
                        "Questions of editor/verify that were answered with no: saves of a backend, and any user's guesses")
                .register(meters);
    }

    @POST
    @Path("verify")
    @Operation(
            operationId = "verifyLease",
            summary = "Ask whether a user holds a lease under a fence, when a text is opened or saved")
    @APIResponseSchema(LeaseBody.class)
    public Uni<LeaseBody> verify(VerifyBody body, @Context RoutingContext context) {
        var asked = body.toQuestion();
        var caller = Admission.caller(context);
        var own = caller.user().id();
        var holder = Objects.requireNonNullElse(asked.user(), own);
        if (holder.equals(own)) {
            return pages.toEdit(asked.page(), caller, Question.SEE, decision -> verify(asked, own, decision.level()));
        }
        // It has the role of the application itself, which keeps the pages and knows them all.
        Admission.requireRole(context, VERIFIER);
        return verify(asked, holder, Level.NAMES);
    }

    private Uni<LeaseBody> verify(VerifyBody.Question asked, UserId holder, Level level) {
        return registry.verify(holder, asked.page(), asked.section(), asked.fence())
                .onFailure(LeaseRefusedException.class)
                .invoke(refused -> verifyRefusals.increment())
                .onFailure(LeaseRefusedException.class)
                .recoverWithUni(refused -> refuse(refused, asked.page(), level))
                .map(lease -> LeaseBody.of(asked, lease));
    }

    @POST
    @Path("request")
    @Operation(
            operationId = "requestLease",
            summary = "Ask the editor for the lease, which comes unless the editor refuses")
    @APIResponseSchema(LeaseAnswerBody.class)
    public Uni<LeaseAnswerBody> request(LeaseCommandBody body, @Context RoutingContext context) {
        var caller = Admission.caller(context);
        var request = body.toCommand(LeaseCommand.Kind.REQUEST);
        return pages.toEdit(request.page(), caller, Question.CLAIM, decision -> answer(caller, request, decision));
    }

    @POST
    @Path("handover")
    @Operation(operationId = "handOverLease", summary = "Give the lease to who has asked for it")
    @APIResponseSchema(LeaseAnswerBody.class)
    public Uni<LeaseAnswerBody> handOver(LeaseCommandBody body, @Context RoutingContext context) {
        return reply(context, body.toCommand(LeaseCommand.Kind.HAND_OVER));
    }

    @POST
    @Path("keep")
    @Operation(operationId = "keepLease", summary = "Refuse a request, and be not asked again for a while")
    @APIResponseSchema(LeaseAnswerBody.class)
    public Uni<LeaseAnswerBody> keep(LeaseCommandBody body, @Context RoutingContext context) {
        return reply(context, body.toCommand(LeaseCommand.Kind.KEEP));
    }

    @POST
    @Path("takeover")
    @TakeOverRole
    @Operation(
            operationId = "takeOverLease",
            summary =
                    "Take the lease once the editor has had a few seconds for a last save; needs the role " + TAKE_OVER)
    @APIResponseSchema(LeaseAnswerBody.class)
    public Uni<LeaseAnswerBody> takeOver(TakeOverBody body, @Context RoutingContext context) {
        var caller = Admission.caller(context);
        var user = caller.user();
        var command = body.toCommand();
        return pages.toEdit(
                command.page(),
                caller,
                Question.TAKE_OVER,
                decision -> answerBody(
                        user,
                        command,
                        (body.leavesNoTime() ? registry.takeOverNow(user, command) : registry.command(user, command))
                                .invoke(answer -> audit.called(user, command, answer)),
                        decision));
    }

    /** Does what the holder says to a request, which who holds the lease may. */
    private Uni<LeaseAnswerBody> reply(RoutingContext context, LeaseCommand command) {
        var caller = Admission.caller(context);
        return pages.on(command.page(), caller, Question.SEE, decision -> answer(caller, command, decision));
    }

    /** Refuses a call with as much of the lease's holder as the caller may see; who sees initials knows them by the page. */
    private <T> Uni<T> refuse(LeaseRefusedException refused, PagePath page, Level level) {
        var snapshot = level == Level.INITIALS && refused.editor() != null
                ? registry.list(page)
                : Uni.createFrom().item(PresenceSnapshot.empty(page));
        return snapshot.chain(present -> Uni.createFrom()
                .failure(RefusedException.leaseRefused(refused, new Sight(level, present).person(refused.editor()))));
    }

    private Uni<LeaseAnswerBody> answer(Caller caller, LeaseCommand command, Decision decision) {
        return answerBody(caller.user(), command, registry.command(caller.user(), command), decision);
    }

    private Uni<LeaseAnswerBody> answerBody(
            User user, LeaseCommand command, Uni<LeaseAnswer> carriedOut, Decision decision) {
        var level = decision.level();
        return carriedOut
                .onFailure(LeaseRefusedException.class)
                .recoverWithUni(refused -> refuse(refused, command.page(), level))
                .map(answer -> LeaseAnswerBody.of(
                        answer,
                        encoder.encode(answer.snapshot(), level),
                        new Sight(level, answer.snapshot()),
                        receipts.of(user.id(), command.tab(), command.page(), answer.editing(), false)));
    }
}
