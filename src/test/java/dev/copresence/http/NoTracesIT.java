package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The packaged service as it comes: it knows of a collector, but nobody has switched traces on. */
@QuarkusIntegrationTest
@WithTestResource(TokenProvider.class)
@WithTestResource(ManagementPort.class)
@WithTestResource(value = TraceCollector.class, initArgs = @ResourceArg(name = TraceCollector.WANTED, value = "false"))
class NoTracesIT {

    /** Ten times what a collector waits that gets them. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

    /** Set by the test resource. */
    TokenProvider provider;

    /** Set by the test resource. */
    TraceCollector collector;

    @Test
    void nothingIsTraced() {
        // given
        var ana = Caller.stranger("ana", provider);
        var page = newPage();

        // when
        ana.join(page, newTab()).statusCode(200);
        ana.list(page).statusCode(200);

        // then
        await().during(LONG_ENOUGH).until(() -> collector.received().isEmpty());
    }
}
