package dev.copresence.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceLookup;
import dev.copresence.PresenceSnapshot;
import dev.copresence.access.Decision;
import dev.copresence.access.Level;
import dev.copresence.http.door.EventLoop;
import dev.copresence.http.door.RequestRate;
import dev.copresence.http.identity.Admission;
import dev.copresence.http.refusals.RefusedException;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The people of up to 200 pages in one call, for the rows of a list. It takes a body, since so many paths fit no address. */
@Path("/api/presence/lookup")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Presence")
public class LookupResource {

    private final PresenceLookup lookup;
    private final PageAccess access;
    private final RowEncoder encoder;
    private final RequestRate rate;
    private final PresenceConfig config;
    private final ObjectMapper mapper;

    LookupResource(
            PresenceLookup lookup,
            PageAccess access,
            RowEncoder encoder,
            RequestRate rate,
            PresenceConfig config,
            ObjectMapper mapper) {
        this.lookup = lookup;
        this.access = access;
        this.encoder = encoder;
        this.rate = rate;
        this.config = config;
        this.mapper = mapper;
    }

    /** Tells who is on some pages; the caller is on none of them by that. */
    @POST
    @Operation(operationId = "lookup", summary = "Who is on which of up to 200 pages")
    @APIResponse(
            responseCode = "200",
            description = "The pages that somebody is on, if they are others than those that the caller has",
            content = @Content(schema = @Schema(implementation = LookupAnswer.Members.class)))
    public Uni<Response> lookup(LookupBody body, @Context RoutingContext context) {
        var caller = Admission.caller(context);
        var asked = body.toPages();
        var wait = rate.take(caller.user().id(), body.moreRequests());
        if (!wait.isZero()) {
            throw RefusedException.tooManyRequests(wait);
        }
        var most = access.most(body.listed());
        var here = EventLoop.current();
        return access.about(asked.pages(), caller).chain(decisions -> {
            var seen = seen(decisions, most);
            return lookup.of(seen.keySet())
                    // Many may wait for one reading.
                    .emitOn(here)
                    .map(snapshots -> answer(body, new LookupAnswer(rows(snapshots, seen), asked.spellings())));
        });
    }

    /** The pages of which the caller may see something, and how much. No others are asked for. */
    private static Map<PagePath, Level> seen(Map<PagePath, Decision> decisions, Level most) {
        Map<PagePath, Level> seen = new LinkedHashMap<>();
        decisions.forEach((page, decision) -> {
            var level = decision.seeing(most).level();
            if (decision.view() && level != Level.NONE) {
                seen.put(page, level);
            }
        });
        return seen;
    }

    private List<EncodedSnapshot> rows(List<PresenceSnapshot> snapshots, Map<PagePath, Level> seen) {
        List<EncodedSnapshot> rows = new ArrayList<>();
        var levels = seen.values().iterator();
        for (var snapshot : snapshots) {
            var level = levels.next();
            if (snapshot.viewerCount() > 0) {
                rows.add(encoder.encode(snapshot, level));
            }
        }
        return rows;
    }

    private Response answer(LookupBody body, LookupAnswer answer) {
        var etag = answer.etag();
        var next = config.lookup().every();
        var bytes = body.knows(etag) ? LookupAnswer.unchanged(etag, next) : answer.bytes(etag, next, mapper);
        return Response.ok(bytes, MediaType.APPLICATION_JSON_TYPE).build();
    }
}
