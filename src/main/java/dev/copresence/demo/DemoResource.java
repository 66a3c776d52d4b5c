package dev.copresence.demo;

import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceRegistry;
import dev.copresence.http.identity.Admission;
import dev.copresence.http.refusals.RefusedException;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * The demo's backend: keeps the texts of its own pages and asks about the fence before it saves, as a CMS should. It is
 * there only where {@code copresence.demo} is true.
 */
@Path("/api/demo/pages")
@Produces(MediaType.APPLICATION_JSON)
public class DemoResource {

    private static final Set<String> PAGES =
            Set.of("/docs/welcome/", "/docs/being-here/", "/docs/editing/", "/docs/leaving/");

    private final DemoTexts texts;
    private final PresenceRegistry registry;
    private final PresenceConfig config;

    DemoResource(DemoTexts texts, PresenceRegistry registry, PresenceConfig config) {
        this.texts = texts;
        this.registry = registry;
        this.config = config;
    }

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

    @PUT
    @Operation(hidden = true)
    public Uni<Response> save(
            @QueryParam("path") @Nullable String path, DemoSaveBody body, @Context RoutingContext context) {
        var known = known(path);
        var place = body.place();
        var user = Admission.user(context);
        var save = body.toSave(user);
        if (!body.isVerified()) {
            var unseen = texts.read(known).unseen(save.section(), save.base());
            return Uni.createFrom().item(saved(texts.force(known, save), unseen));
        }
        return registry.verify(user.id(), new PagePath(known), place, save.fence())
                .map(lease -> texts.save(known, save))
                .map(page -> {
                    if (page == null) {
                        throw changed(known, save);
                    }
                    return saved(page, null);
                });
    }

    private static Response saved(DemoTexts.Page page, DemoTexts.@Nullable Saved overwrote) {
        return Response.ok(new SavedBody(page, overwrote)).build();
    }

    private RefusedException changed(String path, DemoTexts.Save save) {
        var unseen = texts.read(path).unseen(save.section(), save.base());
        return RefusedException.textChanged(unseen == null ? null : unseen.by());
    }

    private String known(@Nullable String path) {
        if (!config.demo() || path == null || !PAGES.contains(path)) {
            throw new NotFoundException();
        }
        return path;
    }
}
