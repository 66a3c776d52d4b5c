package dev.copresence.http;

import dev.copresence.PresenceRegistry;
import dev.copresence.http.door.RequestRate;
import dev.copresence.http.identity.Admission;
import dev.copresence.http.refusals.RefusedException;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.validation.Validator;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Presence as it changes: a stream of snapshots. */
@Path("/api/presence/stream")
@Tag(name = "Presence")
public class StreamResource {

    private final PresenceRegistry registry;
    private final PageAccess pages;
    private final Streams streams;
    private final RequestRate rate;
    private final Validator validator;

    StreamResource(
            PresenceRegistry registry, PageAccess pages, Streams streams, RequestRate rate, Validator validator) {
        this.registry = registry;
        this.pages = pages;
        this.streams = streams;
        this.rate = rate;
        this.validator = validator;
    }

    /**
     * Opens a stream. The answer is written to the connection itself, the same bytes for all who watch a page, so the
     * returned value never comes.
     */
    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(operationId = "streamPages", summary = "Follow up to 20 pages as they change")
    @Parameter(
            name = "pagePath",
            in = ParameterIn.QUERY,
            required = true,
            description = FieldTexts.PAGE_PATH + " Repeatable, up to 20 times.",
            schema = @Schema(type = SchemaType.ARRAY, implementation = String.class, minItems = 1, maxItems = 20))
    @Parameter(
            name = "isListed",
            in = ParameterIn.QUERY,
            description = FieldTexts.AS_UNLISTED,
            schema = @Schema(type = SchemaType.BOOLEAN))
    @APIResponse(
            responseCode = "200",
            description = "Events snapshot, forbidden, ping and bye; the data of a snapshot is a PageForm, its id the"
                    + " etag; forbidden names a page that is not, or no longer, for the caller",
            content = @Content(mediaType = MediaType.SERVER_SENT_EVENTS, schema = @Schema(type = SchemaType.STRING)))
    public Uni<Void> stream(
            @Context RoutingContext context, @HeaderParam("Last-Event-ID") @Nullable String lastEventId) {
        var caller = Admission.caller(context);
        var until = Admission.until(context);
        var query = context.request().query();
        var asked = PageQuery.pages(validator, query);
        var most = pages.most(PageQuery.isListed(query));
        // Each page is read; the request itself counts as the first.
        var wait = rate.take(caller.user().id(), asked.size() - 1);
        if (!wait.isZero()) {
            throw RefusedException.tooManyRequests(wait);
        }
        return pages.about(asked.keySet(), caller).chain(decisions -> {
            var open = decisions.entrySet().stream()
                    .filter(decided -> decided.getValue().view())
                    .findFirst();
            if (open.isEmpty()) {
                return PageAccess.refuse();
            }
            // While the store is away a stream would be open and silent, as if nobody was there: it is refused by this
            // reading.
            return registry.list(open.get().getKey()).chain(present -> {
                streams.open(caller, most, until, asked, decisions, lastEventId, context);
                return Uni.createFrom().nothing();
            });
        });
    }
}
