package dev.copresence.bench.bare;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.stream.IntStream;
import org.jboss.resteasy.reactive.RestQuery;

/** Says what the service would say of a page with five viewers, without knowing anything: what the framework alone costs. */
@Path("/api/presence")
@NonBlocking
public class BareResource {

    private static final String ETAG = "UQiNV1gM6svz-MA2";
    private static final Self SELF = new Self("user-000001", "User 000001", "https://example.org/avatars/000001.png");
    private static final List<Viewer> VIEWERS = IntStream.range(0, 5)
            .mapToObj(i ->
                    new Viewer("user-00000" + i, "User 00000" + i, "https://example.org/avatars/00000" + i + ".png", 1))
            .toList();

    record Heartbeat(
            String pagePath, String tabId, boolean isEditing, Boolean isVisible, Double incarnation, String known) {}

    record Self(String id, String name, String avatar) {}

    record Viewer(String id, String name, String avatar, int tabCount) {}

    record Snapshot(String pagePath, List<Viewer> viewers, int viewerCount, int tabCount) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Beat(String pagePath, String etag, long ttlMs, long nextHeartbeatMs, Self self, Snapshot snapshot) {}

    @POST
    @Path("heartbeat")
    public Beat heartbeat(Heartbeat body) {
        var snapshot = body.known == null ? snapshot(body.pagePath) : null;
        return new Beat(body.pagePath, ETAG, 45_000, 15_000, SELF, snapshot);
    }

    @GET
    @Path("list")
    public Response list(@RestQuery String pagePath, @HeaderParam("If-None-Match") String ifNoneMatch) {
        var response = ifNoneMatch != null ? Response.notModified() : Response.ok(snapshot(pagePath));
        return response.tag(new EntityTag(ETAG)).build();
    }

    private static Snapshot snapshot(String page) {
        return new Snapshot(page, VIEWERS, 5, 5);
    }
}
