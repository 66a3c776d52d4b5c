package dev.copresence.saves;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The statements of docs/editing.md, each by the comment above it, so that what is run is what people read. */
final class DocumentedSql {

    private static final Path DOCUMENT = Path.of("docs/editing.md");
    private static final Pattern BLOCK = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
    private static final Pattern STATEMENT = Pattern.compile("-- ([\\w ]+)\n(.*?)(?=\n-- |\\z)", Pattern.DOTALL);
    private static final Pattern PARAMETER = Pattern.compile(":(\\w+)");

    private final Map<String, String> statements;

    private DocumentedSql(Map<String, String> statements) {
        this.statements = Map.copyOf(statements);
    }

    static DocumentedSql ofDocument() {
        var found = new HashMap<String, String>();
        try {
            BLOCK.matcher(Files.readString(DOCUMENT))
                    .results()
                    .flatMap(block -> STATEMENT.matcher(block.group(1)).results())
                    .forEach(one -> found.put(one.group(1), one.group(2).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new DocumentedSql(found);
    }

    /** The same with another text for one statement, to see what it would do. */
    DocumentedSql with(String name, String statement) {
        var others = new HashMap<>(statements);
        others.put(name, statement);
        return new DocumentedSql(others);
    }

    String text(String name) {
        var text = statements.get(name);
        if (text == null) {
            throw new AssertionError("docs/editing.md has no statement called " + name);
        }
        return text;
    }

    /** The statement with its parameters set, each by its name. */
    PreparedStatement prepare(Connection database, String name, Map<String, Object> values) throws SQLException {
        var text = text(name);
        var prepared = database.prepareStatement(PARAMETER.matcher(text).replaceAll("?"));
        var position = 1;
        for (var parameter : PARAMETER.matcher(text).results().toList()) {
            prepared.setObject(position++, values.get(parameter.group(1)));
        }
        return prepared;
    }
}
