package dev.copresence.http.identity;

import io.quarkus.security.Authenticated;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.URISyntaxException;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The address to which a page of this origin sends somebody to log in: the provider's form first, and then back to the page. */
@Path(LoginResource.PATH)
@Authenticated
public class LoginResource {

    static final String PATH = "/login";

    private static final URI START = URI.create("/");

    /**
     * Comes back to a page once the user is known.
     *
     * @param to the page to go back to: a path of this origin; anything else goes to the start page
     */
    @GET
    @NonBlocking
    @Operation(summary = "Log in with the browser and come back to a page of this origin")
    public Response login(@QueryParam("to") @DefaultValue("/") String to) {
        return Response.seeOther(local(to)).build();
    }

    /** The page itself if it is a path here, else the start page: not {@code //host}, which is another origin; and what browsers take for that, {@code /\host}, is no URI. */
    private static URI local(String to) {
        try {
            return to.startsWith("/") && !to.startsWith("//") ? URI.create(new URI(to).toASCIIString()) : START;
        } catch (URISyntaxException e) {
            return START;
        }
    }
}
