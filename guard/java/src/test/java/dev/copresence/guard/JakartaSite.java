package dev.copresence.guard;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTParser;
import dev.copresence.guard.Guard.Row;
import dev.copresence.guard.Guard.Settings;
import dev.copresence.guard.Guard.TextName;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.text.ParseException;
import org.glassfish.jersey.jdkhttp.JdkHttpServerFactory;
import org.glassfish.jersey.server.ResourceConfig;
import org.jspecify.annotations.Nullable;

/**
 * A site of Jersey, for tests with a real service, which says at which port it is. Its texts are in memory, each page is there,
 * and it believes each bearer token.
 */
public final class JakartaSite {

    private JakartaSite() {}

    /** The texts of the site. */
    @Path("/docs/{path: .+}")
    public static class Docs extends JakartaGuard {

        @Context
        private HttpHeaders headers;

        Docs(Guard guard) {
            super(guard);
        }

        @Override
        protected @Nullable String user(SecurityContext security) {
            try {
                var bearer = headers.getHeaderString("Authorization");
                return JWTParser.parse(bearer.substring("Bearer ".length()))
                        .getJWTClaimsSet()
                        .getSubject();
            } catch (ParseException e) {
                return null;
            }
        }

        @Override
        protected TextName text(UriInfo uri) {
            var section = uri.getQueryParameters().getFirst("section");
            return new TextName(uri.getRequestUri().getRawPath(), section);
        }
    }

    public static void main(String[] arguments) throws Exception {
        var settings = Settings.defaults().withReceipts(arguments[1], arguments[2]);
        if (arguments.length > 3) {
            settings = settings.withKeys(JWKSet.parse(arguments[3]));
        }
        var store = new MemoryStore() {
            @Override
            public @Nullable Row read(TextName name) {
                rows.putIfAbsent(name, new Row("", 0, 0));
                return super.read(name);
            }

            @Override
            public @Nullable Row open(TextName name, long fence) {
                read(name);
                return super.open(name, fence);
            }
        };
        var docs = new Docs(new Guard(URI.create(arguments[0]), settings, store));
        var application = new ResourceConfig().register(docs);
        var server = JdkHttpServerFactory.createHttpServer(URI.create("http://127.0.0.1:0/"), application, true);
        System.out.println("listening " + server.getAddress().getPort());
    }
}
