package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.examples.FenceFilter;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/editing.md tells the authors of a CMS to do, done. */
@QuarkusTest
class EditingExamplesTest {

    private static final Path SQL = Path.of("src/test/resources/examples/fence.sql");

    @TestHTTPResource("/")
    URI service;

    private final String page = newPage();
    private final String anasTab = newTab();
    private final Caller ana = Caller.stranger("ana");
    private final Caller bob = Caller.stranger("bob");

    @ParameterizedTest
    @ValueSource(
            strings = {"src/test/java/dev/copresence/examples/FenceFilter.java", "src/test/resources/examples/fence.sql"
            })
    void theDocumentShowsWhatIsRunHere(String file) throws IOException {
        var document = Files.readString(Path.of("docs/editing.md"));
        var source = Files.readString(Path.of(file)).strip();
        // The document leaves out the package and the imports.
        var shown = file.endsWith(".java") ? source.substring(source.indexOf("/**")) : source;
        assertTrue(document.contains(shown), file + " as it stands is in docs/editing.md");
    }

    @Test
    void theFilterLetsTheHolderSaveAndNobodyElse() throws IOException {
        // given
        long fence = ana.beat(page, anasTab, true).extract().jsonPath().getLong("editing.fence");

        // then
        assertNull(answer(ana, String.valueOf(fence)), "the holder's save passes");
        assertEquals(409, status(ana, String.valueOf(fence - 1)));
        assertEquals(409, status(bob, String.valueOf(fence)));
        assertEquals(428, status(ana, "none"));

        // when
        ana.beat(page, anasTab, false);
        bob.beat(page, newTab(), true);

        // then
        var refused = answer(ana, String.valueOf(fence));
        assertEquals(409, refused.getStatus());
        assertTrue(String.valueOf(refused.getEntity()).contains(bob.name()), "it says who holds the page");
    }

    @Test
    void theStatementRefusesAnOlderFence() throws IOException, SQLException {
        // given
        try (var database = DriverManager.getConnection("jdbc:h2:mem:")) {
            database.createStatement()
                    .execute("create table page (path varchar primary key, text varchar, fence bigint default 0)");
            database.createStatement().execute("insert into page (path, text) values ('/docs/a', 'As it came.')");

            // then
            assertEquals(1, save(database, "Ana's", 7));
            assertEquals(1, save(database, "Ana's, again", 7));
            assertEquals(1, save(database, "Bob's", 9));
            assertEquals(0, save(database, "Ana's, too late", 7));
            var saved = database.createStatement().executeQuery("select text, fence from page");
            assertTrue(saved.next());
            assertEquals("Bob's", saved.getString("text"));
            assertEquals(9, saved.getLong("fence"));
        }
    }

    private static int save(Connection database, String text, long fence) throws IOException, SQLException {
        var sql = Files.readString(SQL).replaceAll(":(\\w+)", "?");
        try (var statement = database.prepareStatement(sql)) {
            statement.setString(1, text);
            statement.setLong(2, fence);
            statement.setString(3, "/docs/a");
            statement.setLong(4, fence);
            return statement.executeUpdate();
        }
    }

    private int status(Caller caller, String fence) throws IOException {
        return answer(caller, fence).getStatus();
    }

    /** What the filter answers to a save; null if it lets it pass. */
    private Response answer(Caller caller, String fence) throws IOException {
        var aborted = new AtomicReference<Response>();
        var headers = Map.of("Presence-Fence", fence, "Authorization", "Bearer " + caller.token());
        var uri = proxy(UriInfo.class, (name, argument) -> URI.create("http://cms.example" + page));
        var request = proxy(ContainerRequestContext.class, (name, argument) -> switch (name) {
            case "getMethod" -> "PUT";
            case "getHeaderString" -> headers.get(argument);
            case "getUriInfo" -> uri;
            case "abortWith" -> {
                aborted.set((Response) argument);
                yield null;
            }
            default -> throw new UnsupportedOperationException(name);
        });
        new FenceFilter(service).filter(request);
        return aborted.get();
    }

    private interface Answers {
        Object to(String method, Object argument);
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answers.to(method.getName(), arguments == null ? null : arguments[0])));
    }
}
