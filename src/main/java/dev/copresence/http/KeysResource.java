package dev.copresence.http;

import dev.copresence.http.identity.Admission;
import dev.copresence.http.receipts.Receipts;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The keys by which anybody can check a receipt. They are public, so nobody is asked who they are. */
@Path(Admission.KEYS)
@Tag(name = "Receipts", description = "Fences that anybody can check alone.")
public class KeysResource {

    private static final String FOR_A_WHILE = "public, max-age=300";

    private final Receipts receipts;

    KeysResource(Receipts receipts) {
        this.receipts = receipts;
    }

    @GET
    @NonBlocking
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "getReceiptKeys",
            summary = "Get the public keys by which receipts are verified, as a JWKS (RFC 7517)")
    @APIResponse(
            responseCode = "200",
            description = "The keys; a receipt names its own in the member kid of its header",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    @APIResponse(responseCode = "404", description = "The service gives no receipts")
    public String keys(@Context RoutingContext context) {
        var keys = receipts.publicKeys();
        if (keys == null) {
            throw new NotFoundException();
        }
        // In the place of what every answer begins with.
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, FOR_A_WHILE);
        return keys;
    }
}
