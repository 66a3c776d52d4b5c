package dev.copresence.saves;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.saves.Orders.Delivery;
import dev.copresence.saves.Orders.Writer;
import dev.copresence.saves.Texts.Answer;
import dev.copresence.saves.Texts.Row;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What docs/editing.md promises, held by its statements on one database. */
abstract class SavesContract {

    static final List<String> PAGE = List.of(Texts.WHOLE);

    private static final Writer ANA = new Writer("ana", 418, PAGE);
    private static final Writer BEN = new Writer("ben", 419, PAGE);
    private static final Writer CYD = new Writer("cyd", 420, PAGE);

    final DocumentedSql sql = DocumentedSql.ofDocument();
    Connection database;
    Texts texts;

    /** A connection to the same database each time. */
    abstract Connection connect() throws SQLException;

    @BeforeEach
    void emptyPage() throws SQLException {
        database = connect();
        texts = Texts.ofAPage(database, sql);
    }

    @AfterEach
    void disconnect() throws SQLException {
        database.close();
    }

    // --- Every order

    @ParameterizedTest
    @EnumSource(Delivery.class)
    @DisplayName("W1: in every order of three writers no accepted save is lost and the newest holder is never refused")
    void noOrderLosesASaveOrRefusesTheNewest(Delivery delivery) throws SQLException {
        // when
        var found = Orders.of(texts, delivery, ANA, BEN, CYD);

        // then
        assertEquals(Map.of(), found.wrongs());
        var ofThree = BigInteger.valueOf(1680);
        assertEquals(delivery == Delivery.ONCE ? 0 : 1, found.orders().compareTo(ofThree), "orders: " + found.orders());
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    @DisplayName("W1: nor where one edits the page as a whole and others its sections")
    void noOrderOfSectionsAndTheWholeLosesASave(Delivery delivery) throws SQLException {
        // given
        var all = List.of(Texts.WHOLE, "install", "usage");
        var sections = Texts.ofSections(database, sql, all);

        for (var fenceOfWhole : List.of(417L, 419L, 421L)) {
            // when
            var found = Orders.of(
                    sections,
                    delivery,
                    new Writer("whole", fenceOfWhole, all),
                    new Writer("ana", 418, List.of("install")),
                    new Writer("ben", 420, List.of("usage")));

            // then
            assertEquals(Map.of(), found.wrongs());
        }
    }

    @Test
    @DisplayName("W1 can fail: a condition that lets equal and later fences save loses accepted saves")
    void theConditionWithoutOpeningLosesSaves() throws SQLException {
        // given
        var old = new WithoutOpening(texts.by(
                database,
                sql.with(
                        "save",
                        "update page set text = :text, fence = :fence, revision = revision + 1"
                                + " where path = :path and fence <= :fence")));

        // when
        var found = Orders.of(old, Delivery.ONCE, ANA, BEN, CYD);

        // then
        assertTrue(found.wrongs().containsKey("lost: an accepted save is gone"), "" + found);
    }

    @Test
    @DisplayName("W1 can fail: a revision alone refuses the newest holder")
    void aRevisionAloneRefusesTheNewest() throws SQLException {
        // given
        var old = new WithoutOpening(texts.by(
                database,
                sql.with(
                        "save",
                        "update page set text = :text, revision = revision + 1, fence = greatest(fence, :fence)"
                                + " where path = :path and revision = :base")));

        // when
        var found = Orders.of(old, Delivery.ONCE, ANA, BEN, CYD);

        // then
        assertTrue(found.wrongs().containsKey("refused: the newest holder, because of an older one"), "" + found);
        assertFalse(found.wrongs().containsKey("lost: an accepted save is gone"), "" + found);
    }

    /** What people do who only read when they begin, and leave it to the save. */
    private record WithoutOpening(Texts texts) implements Backend {

        @Override
        public Answer open(List<String> names, long fence) throws SQLException {
            return new Answer(200, "", List.of(texts.read(Texts.WHOLE)));
        }

        @Override
        public Answer save(List<String> names, long fence, List<Long> bases, List<String> sent) throws SQLException {
            return texts.save(names, fence, bases, sent);
        }

        @Override
        public void put(Map<String, Row> rows) throws SQLException {
            texts.put(rows);
        }

        @Override
        public Map<String, Row> all(List<String> names) throws SQLException {
            return texts.all(names);
        }
    }

    // --- By name

    @Test
    @DisplayName("W2: the waiting writer has to open, and then sees what was saved while he waited")
    void theWaitingWriter() throws SQLException {
        // given Ben has read the page and waits
        var bensScreen = texts.read(Texts.WHOLE);
        assertTrue(open(418).isGood());
        assertTrue(save(418, 0, "Ana's").isGood());

        // then he cannot save by his place alone
        assertEquals(
                "not-opened",
                save(419, bensScreen.revision(), "Ben's, without Ana's").reason());

        // when
        var opened = open(419).rows().get(0);

        // then
        assertEquals("Ana's", opened.text());
        assertFalse(save(419, bensScreen.revision(), "Ben's, without Ana's").isGood());
        assertTrue(save(419, opened.revision(), opened.text() + " and Ben's").isGood());
        assertEquals("Ana's and Ben's", texts.read(Texts.WHOLE).text());
    }

    @Test
    @DisplayName("W2: the sleeper is refused as soon as another has opened, and loses nobody's save")
    void theSleeper() throws SQLException {
        // given Ana holds the page and sleeps, and Ben has read it
        assertTrue(open(418).isGood());
        var opened = open(419).rows().get(0);

        // when
        var ana = save(418, 0, "Ana's, from her sleep");

        // then
        assertEquals(new Answer(409, "lost", ana.rows()), ana);
        assertEquals(419, ana.rows().get(0).fence(), "it says which fence is stored");
        assertTrue(save(419, opened.revision(), "Ben's").isGood());
        assertEquals("Ben's", texts.read(Texts.WHOLE).text());
    }

    @Test
    @DisplayName("W2: a sleeper whom nobody has followed may save, since it is over the newest text")
    void theSleeperWhomNobodyFollowed() throws SQLException {
        open(418);
        assertTrue(save(418, 0, "Ana's").isGood());
        assertEquals("Ana's", open(419).rows().get(0).text());
    }

    @Test
    @DisplayName("W4: a save under an invented fence is refused and shuts nobody out")
    void theInventedFence() throws SQLException {
        // given
        assertTrue(open(418).isGood());

        // when
        var invented = save(9_007_199_254_740_991L, 0, "Mallory's");

        // then
        assertEquals("not-opened", invented.reason());
        assertTrue(save(418, 0, "Ana's").isGood());
    }

    @Test
    @DisplayName("W2: a save that arrives twice is one save")
    void aSaveThatArrivesTwice() throws SQLException {
        open(418);
        assertTrue(save(418, 0, "Ana's").isGood());
        assertTrue(save(418, 0, "Ana's").isGood());
        assertEquals(new Row("Ana's", 1, 418), texts.read(Texts.WHOLE));
    }

    @Test
    @DisplayName("W2: an import that knows no fence is not overwritten, and does not overwrite")
    void anImport() throws SQLException {
        // given
        open(418);
        texts.put(Map.of(Texts.WHOLE, new Row("Imported", 1, 418)));

        // then
        assertEquals(412, save(418, 0, "Ana's").status());
        assertTrue(save(418, 1, "Imported and Ana's").isGood());
    }

    @Test
    @DisplayName("W2: a holder of the whole page who comes after a section's is not let in, and changes no fence")
    void theWholeIsOpenedOrNothingOfIt() throws SQLException {
        // given
        var all = List.of(Texts.WHOLE, "install", "usage");
        var sections = Texts.ofSections(database, sql, all);
        assertTrue(sections.open(List.of("usage"), 420).isGood());

        // when
        var older = sections.open(all, 419);

        // then
        assertEquals("lost", older.reason());
        assertEquals(0, sections.read("install").fence());
        assertTrue(sections.open(all, 421).isGood());
        assertEquals(
                "lost",
                sections.save(List.of("usage"), 420, List.of(0L), List.of("late"))
                        .reason());
    }

    private Answer open(long fence) throws SQLException {
        return texts.open(PAGE, fence);
    }

    private Answer save(long fence, long base, String text) throws SQLException {
        return texts.save(PAGE, fence, List.of(base), List.of(text));
    }
}
