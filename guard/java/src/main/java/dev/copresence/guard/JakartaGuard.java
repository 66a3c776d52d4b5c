package dev.copresence.guard;

import dev.copresence.guard.Guard.Answer;
import dev.copresence.guard.Guard.Call;
import dev.copresence.guard.Guard.TextName;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import org.jspecify.annotations.Nullable;

/**
 * The guard as a resource of Jakarta REST, for a class that says where the texts are:
 * {@code @Path("/docs/{path: .+}") class Docs extends JakartaGuard}.
 */
public abstract class JakartaGuard {

    private final Guard guard;

    protected JakartaGuard(Guard guard) {
        this.guard = guard;
    }

    /** The id of who is signed in, as Copresence knows it; null if nobody is. */
    protected @Nullable String user(SecurityContext security) {
        var principal = security.getUserPrincipal();
        return principal == null ? null : principal.getName();
    }

    /** The text that an address means, null if none; the whole page of that path if it is not overridden. */
    protected @Nullable TextName text(UriInfo uri) {
        return new TextName(uri.getRequestUri().getRawPath(), null);
    }

    @GET
    public Response read(@Context UriInfo uri, @Context HttpHeaders headers, @Context SecurityContext security) {
        return response(guard.read(call(uri, headers, security, "")));
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    public Response open(
            @Context UriInfo uri, @Context HttpHeaders headers, @Context SecurityContext security, String ignored) {
        return response(guard.open(call(uri, headers, security, "")));
    }

    @PUT
    @Consumes(MediaType.WILDCARD)
    public Response save(
            @Context UriInfo uri, @Context HttpHeaders headers, @Context SecurityContext security, String body) {
        return response(guard.save(call(uri, headers, security, body)));
    }

    private Call call(UriInfo uri, HttpHeaders headers, SecurityContext security, String body) {
        return new Call(headers::getHeaderString, user(security), text(uri), body);
    }

    private static Response response(Answer answer) {
        var response = Response.status(answer.status()).entity(answer.body());
        answer.headers().forEach(response::header);
        return response.build();
    }
}
