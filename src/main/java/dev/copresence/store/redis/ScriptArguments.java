package dev.copresence.store.redis;

import dev.copresence.Incarnation;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.UserId;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The values of the domain in the form in which scripts take them. */
final class ScriptArguments {

    private ScriptArguments() {}

    /** The 16 bytes of a tab's id, by which a slot knows the tab. */
    static Buffer id(TabId tab) {
        return Buffer.buffer(16).appendLong(tab.mostSignificantBits()).appendLong(tab.leastSignificantBits());
    }

    /** A tab's id and its user's, by which a page knows the tab. */
    static Buffer tab(TabId tab, UserId user) {
        return tab(id(tab), user);
    }

    /** A tab's id, as {@link #id(TabId)} has it, and its user's. */
    static Buffer tab(Buffer id, UserId user) {
        return Buffer.buffer().appendBuffer(id).appendString(user.value());
    }

    /** An incarnation's number; empty for none. */
    static String text(@Nullable Incarnation incarnation) {
        return incarnation == null ? "" : Double.toString(incarnation.value());
    }

    /** A section's name; empty for the page as a whole. */
    static String text(@Nullable Section section) {
        return section == null ? "" : section.value();
    }

    /** A name of Java as the protocol and the scripts write it: {@code HAND_OVER} is {@code hand-over}. */
    static String word(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The name of Java that {@link #word} writes as {@code word}. */
    static <E extends Enum<E>> E named(Class<E> kind, String word) {
        return Enum.valueOf(kind, word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    static String flag(boolean value) {
        return value ? "1" : "0";
    }
}
