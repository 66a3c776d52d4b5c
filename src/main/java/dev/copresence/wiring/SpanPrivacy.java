package dev.copresence.wiring;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import jakarta.inject.Singleton;

/** Traces, where they are switched on, say how the service does and not who reads which page: no query, no address. */
@Singleton
class SpanPrivacy implements SpanProcessor {

    private static final String WITHHELD = "withheld";

    private static final AttributeKey<String> QUERY = AttributeKey.stringKey("url.query");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        withhold(span, QUERY);
        withhold(span, CLIENT);
    }

    private static void withhold(ReadWriteSpan span, AttributeKey<String> attribute) {
        if (span.getAttribute(attribute) != null) {
            span.setAttribute(attribute, WITHHELD);
        }
    }

    @Override
    public boolean isStartRequired() {
        return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {}

    @Override
    public boolean isEndRequired() {
        return false;
    }
}
