package dev.copresence.store.redis;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A list that Redis has answered with. */
record Reply(Response response) {

    int size() {
        return response.size();
    }

    /** The number that stands there; 0 where there is nothing. */
    long number(int index) {
        var element = response.get(index);
        return element == null ? 0 : Objects.requireNonNullElse(element.toLong(), 0L);
    }

    /** Tells whether nothing stands there. */
    boolean isNothing(int index) {
        return response.get(index) == null;
    }

    String text(int index) {
        return response.get(index).toString();
    }

    Buffer bytes(int index) {
        return response.get(index).toBuffer();
    }

    /** The list that stands there; null where there is nothing. */
    @Nullable
    Reply list(int index) {
        var element = index < size() ? response.get(index) : null;
        return element == null ? null : new Reply(element);
    }
}
