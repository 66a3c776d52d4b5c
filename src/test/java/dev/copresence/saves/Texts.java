package dev.copresence.saves;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A backend that does exactly what docs/editing.md says, with one connection: a page of one text, or a page with sections,
 * each a row by its name.
 */
final class Texts implements Backend {

    /** The name under which the page as a whole is, where it has sections. */
    static final String WHOLE = "";

    private static final String PATH = "/docs/a";

    /** A text as it is stored. */
    record Row(String text, long revision, long fence) {}

    /** What a backend answers; the rows are those that a reader or an opener was shown, in the order of their names. */
    record Answer(int status, String reason, List<Row> rows) {

        Answer {
            rows = List.copyOf(rows);
        }

        boolean isGood() {
            return status == 200;
        }
    }

    private final Connection database;
    private final DocumentedSql sql;
    private final String suffix;

    private Texts(Connection database, DocumentedSql sql, String suffix) {
        this.database = database;
        this.sql = sql;
        this.suffix = suffix;
    }

    /** A page of one text, with the columns that the document says, in an empty database. */
    static Texts ofAPage(Connection database, DocumentedSql sql) throws SQLException {
        try (var statement = database.createStatement()) {
            statement.execute("drop table if exists page");
            statement.execute("create table page (path varchar(1024) primary key, text text not null)");
            statement.execute("insert into page values ('" + PATH + "', '')");
            for (var column : sql.text("columns").split(";")) {
                statement.execute(column);
            }
        }
        return new Texts(database, sql, "");
    }

    /** A page with these sections, in an empty database. */
    static Texts ofSections(Connection database, DocumentedSql sql, List<String> names) throws SQLException {
        try (var statement = database.createStatement()) {
            statement.execute("drop table if exists section");
            statement.execute(
                    "create table section (path varchar(700), name varchar(128), text text not null,"
                            + " revision bigint not null default 0, fence bigint not null default 0, primary key (path, name))");
            for (var name : names) {
                statement.execute("insert into section (path, name, text) values ('" + PATH + "', '" + name + "', '')");
            }
        }
        return new Texts(database, sql, " of a section");
    }

    /** The same rows by another connection, or by other statements. */
    Texts by(Connection other, DocumentedSql statements) {
        return new Texts(other, statements, suffix);
    }

    Row read(String name) throws SQLException {
        try (var statement = sql.prepare(database, "read" + suffix, Map.of("path", PATH, "name", name));
                var row = statement.executeQuery()) {
            if (!row.next()) {
                throw new AssertionError("no row " + name);
            }
            return new Row(row.getString("text"), row.getLong("revision"), row.getLong("fence"));
        }
    }

    @Override
    public Answer open(List<String> names, long fence) throws SQLException {
        return atOnce(() -> {
            var rows = new ArrayList<Row>();
            for (var name : names) {
                var row = openOne(name, fence);
                if (row.fence() != fence) {
                    return new Answer(409, "lost", List.of(row));
                }
                rows.add(row);
            }
            return new Answer(200, "", rows);
        });
    }

    /** The two statements of an open; the transaction is the caller's. */
    Row openOne(String name, long fence) throws SQLException {
        update("open", Map.of("path", PATH, "name", name, "fence", fence));
        return read(name);
    }

    @Override
    public Answer save(List<String> names, long fence, List<Long> bases, List<String> texts) throws SQLException {
        return atOnce(() -> {
            for (var i = 0; i < names.size(); i++) {
                if (!saveOne(names.get(i), fence, bases.get(i), texts.get(i))) {
                    var row = read(names.get(i));
                    if (row.fence() != fence) {
                        return new Answer(409, row.fence() > fence ? "lost" : "not-opened", List.of(row));
                    }
                    if (!row.text().equals(texts.get(i))) {
                        return new Answer(412, "changed", List.of(row));
                    }
                }
            }
            return new Answer(200, "", List.of());
        });
    }

    /** The one statement of a save. */
    boolean saveOne(String name, long fence, long base, String text) throws SQLException {
        return update("save", Map.of("path", PATH, "name", name, "fence", fence, "base", base, "text", text)) == 1;
    }

    @Override
    public void put(Map<String, Row> rows) throws SQLException {
        var table = suffix.isEmpty() ? "page" : "section";
        for (var one : rows.entrySet()) {
            var where = suffix.isEmpty() ? "" : " where name = '" + one.getKey() + "'";
            try (var statement =
                    database.prepareStatement("update " + table + " set text = ?, revision = ?, fence = ?" + where)) {
                statement.setString(1, one.getValue().text());
                statement.setLong(2, one.getValue().revision());
                statement.setLong(3, one.getValue().fence());
                statement.executeUpdate();
            }
        }
    }

    @Override
    public Map<String, Row> all(List<String> names) throws SQLException {
        var rows = new HashMap<String, Row>();
        for (var name : names) {
            rows.put(name, read(name));
        }
        return rows;
    }

    private int update(String statementName, Map<String, Object> values) throws SQLException {
        try (var statement = sql.prepare(database, statementName + suffix, values)) {
            return statement.executeUpdate();
        }
    }

    private interface Work {
        Answer run() throws SQLException;
    }

    /** One transaction, which is rolled back if the answer is a refusal. */
    private Answer atOnce(Work work) throws SQLException {
        database.setAutoCommit(false);
        @Nullable Answer answer = null;
        try {
            answer = work.run();
            return answer;
        } finally {
            if (answer != null && answer.isGood()) {
                database.commit();
            } else {
                database.rollback();
            }
            database.setAutoCommit(true);
        }
    }
}
