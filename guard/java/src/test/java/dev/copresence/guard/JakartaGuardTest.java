package dev.copresence.guard;

import com.sun.net.httpserver.HttpServer;
import dev.copresence.guard.Guard.Answer;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.SecurityContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.Principal;
import java.util.Map;
import java.util.TreeMap;
import org.glassfish.jersey.jdkhttp.JdkHttpServerFactory;
import org.glassfish.jersey.server.ResourceConfig;

/** The guard in Jersey, over a connection. */
class JakartaGuardTest extends GuardContract {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private HttpServer server;

    /** The texts of a site. */
    @Path("/docs/{path: .+}")
    public static class Docs extends JakartaGuard {

        Docs(Guard guard) {
            super(guard);
        }
    }

    /** A sign-in that believes everybody. */
    public static class Bearers implements ContainerRequestFilter {

        @Override
        public void filter(ContainerRequestContext request) {
            var bearer = request.getHeaderString("Authorization");
            if (bearer != null) {
                request.setSecurityContext(signedIn(bearer.substring("Bearer ".length())));
            }
        }

        private static SecurityContext signedIn(String name) {
            return new SecurityContext() {
                @Override
                public Principal getUserPrincipal() {
                    return () -> name;
                }

                @Override
                public boolean isUserInRole(String role) {
                    return false;
                }

                @Override
                public boolean isSecure() {
                    return false;
                }

                @Override
                public String getAuthenticationScheme() {
                    return "Bearer";
                }
            };
        }
    }

    @Override
    void start(Guard guard) {
        var application = new ResourceConfig().register(new Docs(guard)).register(new Bearers());
        server = JdkHttpServerFactory.createHttpServer(URI.create("http://127.0.0.1:0/"), application, true);
    }

    @Override
    void stop() {
        server.stop(0);
    }

    @Override
    Answer call(String method, String path, Map<String, String> headers, String body) throws Exception {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path))
                .header("Content-Type", "text/plain; charset=utf-8")
                .method(method, BodyPublishers.ofString(body));
        headers.forEach(request::header);
        var answer = HTTP.send(request.build(), BodyHandlers.ofString());
        var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        answer.headers().map().forEach((name, values) -> all.put(name, values.get(0)));
        return new Answer(answer.statusCode(), all, answer.body());
    }
}
