package dev.copresence.demo;

import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceRegistry;
import dev.copresence.http.identity.Admission;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * The demo's backend: keeps the texts of its own pages, and lets nobody save over what they have not read, as a CMS should
 * ({@code docs/editing.md}). It asks Copresence about a fence when a text is opened, and never when it is saved. It is there
 * only where {@code copresence.demo} is true.
 */
@Path("/api/demo/pages")
@Produces(MediaType.APPLICATION_JSON)
public class DemoResource {

    private static final Set<String> PAGES = Set.of(
            "/docs/welcome/",
            "/docs/being-here/",
            "/docs/editing/",
            "/docs/leaving/",
            "/docs/admins-only/",
            "/docs/head-count/",
            "/docs/tickets/",
            "/docs/ticket-7/",
            "/docs/ticket-8/",
            "/docs/ticket-9/");

    private final DemoTexts texts;
    private final PresenceRegistry registry;
    private final PresenceConfig config;

    DemoResource(DemoTexts texts, PresenceRegistry registry, PresenceConfig config) {
        this.texts = texts;
        this.registry = registry;
        this.config = config;
    }

    /**
     * The answer to an opening.
     *
     * @param revision of what was opened: the page as a whole, or the section
     */
    record OpenedBody(DemoTexts.Page page, long revision) {}

    /**
     * The answer to a save.
     *
     * @param overwrote what a save without any check has hidden, though its writer had not seen it; null if it was nothing
     */
    record SavedBody(DemoTexts.Page page, DemoTexts.@Nullable Saved overwrote) {}

    @GET
    @NonBlocking
    @Operation(hidden = true)
    public Response read(@QueryParam("path") @Nullable String path) {
        return Response.ok(texts.read(known(path))).build();
    }

    // W4: a fence that the service has not just called good is believed by nobody.
    @POST
    @Path("open")
    @Operation(hidden = true)
    public Uni<Response> open(
            @QueryParam("path") @Nullable String path,
            @HeaderParam(DemoHead.FENCE) @Nullable String fenceHeader,
            DemoOpenBody body,
            @Context RoutingContext context) {
        var known = known(path);
        var fence = DemoHead.fence(fenceHeader);
        var user = Admission.user(context);
        return registry.verify(user.id(), new PagePath(known), body.place(), fence)
                .map(lease -> texts.open(known, body.section(), fence, user))
                .map(page -> opened(page, page.revision(body.section())));
    }

    @PUT
    @Operation(hidden = true)
    @NonBlocking
    public Response save(
            @QueryParam("path") @Nullable String path,
            @HeaderParam(DemoHead.FENCE) @Nullable String fence,
            @HeaderParam(DemoHead.REVISION) @Nullable String revision,
            DemoSaveBody body,
            @Context RoutingContext context) {
        var known = known(path);
        var base = DemoHead.revision(revision);
        var save = body.toSave(Admission.user(context), body.isChecked() ? DemoHead.fence(fence) : 0, base);
        if (body.isChecked()) {
            return saved(texts.save(known, save), save, null);
        }
        var unseen = texts.read(known).unseen(save.section(), base);
        return saved(texts.force(known, save), save, unseen);
    }

    private static Response opened(DemoTexts.Page page, long revision) {
        return Response.ok(new OpenedBody(page, revision))
                .header(HttpHeaders.ETAG, DemoHead.tag(revision))
                .build();
    }

    private static Response saved(DemoTexts.Page page, DemoTexts.Save save, DemoTexts.@Nullable Saved overwrote) {
        return Response.ok(new SavedBody(page, overwrote))
                .header(HttpHeaders.ETAG, DemoHead.tag(page.revision(save.section())))
                .build();
    }

    private String known(@Nullable String path) {
        if (!config.demo() || path == null || !PAGES.contains(path)) {
            throw new NotFoundException();
        }
        return path;
    }
}
