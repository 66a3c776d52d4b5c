package dev.copresence.http.door;

import dev.copresence.http.refusals.Refusal;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The lines of a head as they come, in however many pieces: what the decoder would take, and we do not. */
final class HeadLines {

    /** Headers; browsers behind proxies send some 30. */
    private static final int MAX_LINES = 200;

    private int lines;
    private boolean atLineStart = true;

    /** Forgets what came before: the next head begins. */
    void begin() {
        lines = 0;
        atLineStart = true;
    }

    /**
     * The fault in the part of a head that has come: too many lines, or one that goes on in the next (obs-fold), which
     * proxies read in different ways. Looks no further than the end of the head, and reads nothing from the buffer.
     */
    @Nullable
    Refusal faultIn(ByteBuf bytes) {
        var end = bytes.writerIndex();
        var at = bytes.readerIndex();
        while (at < end) {
            if (atLineStart) {
                var first = bytes.getByte(at);
                if (lines > 0 && (first == '\r' || first == '\n')) {
                    return null;
                }
                if (lines > 1 && (first == ' ' || first == '\t')) {
                    return Refusal.INVALID_INPUT;
                }
            }
            var line = bytes.indexOf(at, end, (byte) '\n');
            atLineStart = line >= 0;
            if (line < 0) {
                return null;
            }
            lines++;
            if (lines > MAX_LINES) {
                return Refusal.HEAD_TOO_LARGE;
            }
            at = line + 1;
        }
        return null;
    }
}
