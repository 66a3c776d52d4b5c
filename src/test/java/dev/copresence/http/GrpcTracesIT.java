package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The packaged service with traces that go to their collector by gRPC, as they do unless something else is said. */
@QuarkusIntegrationTest
@WithTestResource(TokenProvider.class)
@WithTestResource(ManagementPort.class)
@WithTestResource(value = TraceCollector.class, initArgs = @ResourceArg(name = TraceCollector.PROTOCOL, value = "grpc"))
class GrpcTracesIT {

    /** Set by the test resource. */
    TokenProvider provider;

    /** Set by the test resource. */
    TraceCollector collector;

    @Test
    void aCallIsTraced() {
        Caller.stranger("ana", provider).list(newPage()).statusCode(200);

        await().atMost(Duration.ofSeconds(30)).until(() -> collector.received().contains("GET /api/presence/list"));
    }
}
