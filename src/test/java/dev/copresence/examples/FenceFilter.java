package dev.copresence.examples;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Lets a save pass only while its writer holds the page under the fence that the save carries. */
public class FenceFilter implements ContainerRequestFilter {

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI verify;

    public FenceFilter(URI presenceService) {
        verify = presenceService.resolve("/api/presence/editor/verify");
    }

    @Override
    public void filter(ContainerRequestContext save) throws IOException {
        if (!save.getMethod().equals(HttpMethod.PUT)) {
            return;
        }
        var fence = save.getHeaderString("Presence-Fence");
        if (fence == null || !fence.matches("[0-9]{1,18}")) {
            save.abortWith(Response.status(428).build());
            return;
        }
        // The path as the browser has it, which is the name of the page.
        var page = save.getUriInfo().getRequestUri().getRawPath().replace("\"", "%22");
        var question = HttpRequest.newBuilder(verify)
                .header(HttpHeaders.AUTHORIZATION, save.getHeaderString(HttpHeaders.AUTHORIZATION))
                .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .timeout(Duration.ofSeconds(5))
                .POST(BodyPublishers.ofString("{\"pagePath\":\"" + page + "\",\"fence\":" + fence + "}"))
                .build();
        try {
            var answer = http.send(question, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                // 409 says in its body who holds the page; whatever else it is, nobody knows, and nothing is saved.
                save.abortWith(Response.status(answer.statusCode() == 409 ? 409 : 503)
                        .entity(answer.body())
                        .type("application/problem+json")
                        .build());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            save.abortWith(Response.status(503).build());
        }
    }
}
