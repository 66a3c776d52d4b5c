package dev.copresence.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.RefusedException;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Heartbeats and leaves of many tabs in one request. The items stay JSON until their turn: a bad one harms no other. */
@Schema(name = "Batch", description = "At most 50 heartbeats and leaves in all.")
record BatchBody(
        @Schema(type = SchemaType.ARRAY, implementation = HeartbeatBody.class, maxItems = MAX_ITEMS) @Nullable
        List<JsonNode> heartbeats,

        @Schema(type = SchemaType.ARRAY, implementation = LeaveBody.class, maxItems = MAX_ITEMS) @Nullable
        List<JsonNode> leaves) {

    static final int MAX_ITEMS = 50;

    List<JsonNode> heartbeatItems() {
        return heartbeats == null ? List.of() : heartbeats;
    }

    List<JsonNode> leaveItems() {
        return leaves == null ? List.of() : leaves;
    }

    int size() {
        return heartbeatItems().size() + leaveItems().size();
    }

    /**
     * Holds the limit of the two lists together.
     *
     * @throws RefusedException if there are too many items
     */
    void check() {
        if (size() > MAX_ITEMS) {
            var message = "must not be more than " + MAX_ITEMS + " in all, with leaves";
            throw new RefusedException(List.of(new Problem.Violation("heartbeats", message)));
        }
    }

    /** The answers, the heartbeats' first and then the leaves', each in the place of its item. */
    @Schema(name = "BatchAnswer")
    record Answer(List<Result> results) {}

    /** The answer that the item would have had as a request of its own. */
    @Schema(name = "BatchResult")
    record Result(
            @Schema(examples = "200") int status,

            @Schema(description = "Of a heartbeat that was served.") @Nullable
            HeartbeatAnswerBody beat,

            @Schema(description = "Of an item that was refused.") @Nullable
            Problem problem) {

        static Result of(HeartbeatAnswerBody beat) {
            return new Result(200, beat, null);
        }

        static Result left() {
            return new Result(200, null, null);
        }

        static Result of(Problem problem) {
            return new Result(problem.status(), null, problem);
        }
    }
}
