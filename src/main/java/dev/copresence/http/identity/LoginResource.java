package dev.copresence.http.identity;

import dev.copresence.http.door.Origins;
import io.quarkus.security.Authenticated;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.URISyntaxException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The address to which a page sends somebody to log in: the provider's form first, and then back to the page. */
@Path(LoginResource.PATH)
@Authenticated
@Tag(name = "Sessions", description = "Logins of browsers.")
public class LoginResource {

    static final String PATH = "/login";

    private static final URI START = URI.create("/");

    private final Origins origins;

    LoginResource(Origins origins) {
        this.origins = origins;
    }

    /**
     * Comes back to a page once the user is known.
     *
     * @param to the page to go back to: a path of this origin, or a whole address of this or of a configured origin; anything
     *     else goes to the start page
     */
    @GET
    @NonBlocking
    @Operation(
            operationId = "login",
            summary = "Log in with a browser and come back to a page; open it, do not fetch it")
    @APIResponse(responseCode = "302", description = "The user is not known yet: the way to the identity provider")
    @APIResponse(responseCode = "303", description = "The user is known: the way back to the page")
    @APIResponse(responseCode = "503", description = "The identity provider cannot be reached")
    public Response login(@QueryParam("to") @DefaultValue("/") String to, @Context RoutingContext context) {
        return Response.seeOther(way(to, context.request().authority())).build();
    }

    private URI way(String to, @Nullable Object host) {
        try {
            var uri = URI.create(new URI(to).toASCIIString());
            if (to.startsWith("/")) {
                // Not //host, which is another origin; and what browsers take for that, /\host, is no URI.
                return to.startsWith("//") ? START : uri;
            }
            return uri.getRawAuthority() == null || uri.isOpaque() ? START : wayTo(uri, host);
        } catch (URISyntaxException e) {
            return START;
        }
    }

    /** The way to a whole address: of a page here just its path, since a proxy may know better whether that is https. */
    private URI wayTo(URI page, @Nullable Object host) {
        var isHere = host != null && page.getRawAuthority().equalsIgnoreCase(host.toString());
        if (isHere && isWeb(page.getScheme())) {
            var path = page.toString()
                    .substring(page.toString().indexOf("://")
                            + 3
                            + page.getRawAuthority().length());
            return path.startsWith("/") && !path.startsWith("//") ? URI.create(path) : START;
        }
        return origins.isConfigured(page.getScheme() + "://" + page.getRawAuthority()) ? page : START;
    }

    private static boolean isWeb(String scheme) {
        return scheme.equals("http") || scheme.equals("https");
    }
}
