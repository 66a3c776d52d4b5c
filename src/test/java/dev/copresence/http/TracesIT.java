package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The packaged service with traces switched on by the names that OpenTelemetry has for it. */
@QuarkusIntegrationTest
@WithTestResource(TokenProvider.class)
@WithTestResource(ManagementPort.class)
@WithTestResource(TraceCollector.class)
class TracesIT {

    /** Set by the test resource. */
    TokenProvider provider;

    /** Set by the test resource. */
    TraceCollector collector;

    @Test
    void aCallIsTracedAndNeitherItsPageNorItsUser() {
        // given
        var ana = Caller.stranger("ana", provider);
        var page = newPage();
        var tab = newTab();

        // when
        ana.join(page, tab).statusCode(200);
        ana.list(page).statusCode(200);

        // then
        await().atMost(Duration.ofSeconds(30)).until(() -> collector.received().contains("GET /api/presence/list"));
        var traces = collector.received();
        assertFalse(traces.contains(page.substring("/docs/".length())), traces);
        assertFalse(traces.contains(ana.id), traces);
        assertFalse(traces.contains(tab), traces);
    }
}
