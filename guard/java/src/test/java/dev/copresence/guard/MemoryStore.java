package dev.copresence.guard;

import dev.copresence.guard.Guard.Row;
import dev.copresence.guard.Guard.Store;
import dev.copresence.guard.Guard.TextName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The statements of docs/editing.md over rows in memory. */
class MemoryStore implements Store {

    final Map<TextName, Row> rows = new ConcurrentHashMap<>();

    @Override
    public @Nullable Row read(TextName name) {
        return rows.get(name);
    }

    @Override
    public @Nullable Row open(TextName name, long fence) {
        return rows.computeIfPresent(
                name, (same, row) -> row.fence() <= fence ? new Row(row.text(), row.revision(), fence) : row);
    }

    @Override
    public boolean save(TextName name, long fence, long base, String text) {
        var now = rows.get(name);
        return now != null
                && now.fence() == fence
                && now.revision() == base
                && rows.replace(name, now, new Row(text, base + 1, fence));
    }
}
