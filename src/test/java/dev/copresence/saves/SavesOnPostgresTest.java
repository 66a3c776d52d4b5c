package dev.copresence.saves;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The contract on a real PostgreSQL, where requests also meet in the middle. */
class SavesOnPostgresTest extends SavesContract {

    /** Null where there is none to start. */
    private static @Nullable EmbeddedPostgres postgres;

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "there is a PostgreSQL for Linux on x86-64 alone");
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() throws IOException {
        THREADS.shutdownNow();
        if (postgres != null) {
            postgres.close();
        }
    }

    @Override
    Connection connect() throws SQLException {
        return requireNonNull(postgres).getPostgresDatabase().getConnection();
    }

    @Test
    @DisplayName("W1: a save that arrives between the two statements of an open waits for it, and is refused")
    void aSaveInTheMiddleOfAnOpen() throws Exception {
        try (var bens = connect()) {
            // given
            assertTrue(texts.open(PAGE, 418).isGood());
            var ben = texts.by(bens, sql);
            bens.setAutoCommit(false);
            assertEquals(419, ben.openOne(Texts.WHOLE, 419).fence());

            // when
            var ana = later(() -> texts.saveOne(Texts.WHOLE, 418, 0, "Ana's"));
            awaitOneWhoWaits();
            bens.commit();

            // then
            assertFalse(ana.get());
            assertEquals("", texts.read(Texts.WHOLE).text());
        }
    }

    @Test
    @DisplayName("W1: an open that arrives in the middle of a save waits for it, and reads what it has saved")
    void anOpenInTheMiddleOfASave() throws Exception {
        try (var bens = connect()) {
            // given
            assertTrue(texts.open(PAGE, 418).isGood());
            database.setAutoCommit(false);
            assertTrue(texts.saveOne(Texts.WHOLE, 418, 0, "Ana's"));

            // when
            var ben = later(() -> texts.by(bens, sql).open(PAGE, 419));
            awaitOneWhoWaits();
            database.commit();

            // then
            assertEquals("Ana's", ben.get().rows().get(0).text());
        }
    }

    @Test
    @DisplayName("W1: whatever many do at the same time, every accepted save is in the text at the end")
    void manyAtTheSameTime() throws Exception {
        // given
        var fences = new AtomicLong(1);
        var names = new AtomicInteger();
        var accepted = new ArrayList<Future<List<String>>>();

        // when
        for (var writer = 0; writer < 8; writer++) {
            accepted.add(later(() -> {
                var mine = new ArrayList<String>();
                try (var connection = connect()) {
                    var own = texts.by(connection, sql);
                    for (var round = 0; round < 50; round++) {
                        var fence = fences.incrementAndGet();
                        var opened = own.open(PAGE, fence);
                        for (var save = 0; opened.isGood() && save < 2; save++) {
                            var row = opened.rows().get(0);
                            var mark = "<" + names.incrementAndGet() + ">";
                            if (own.saveOne(Texts.WHOLE, fence, row.revision(), row.text() + mark)) {
                                mine.add(mark);
                            }
                            opened = own.open(PAGE, fence);
                        }
                    }
                }
                return mine;
            }));
        }

        // then
        var all = new ArrayList<String>();
        for (var one : accepted) {
            all.addAll(one.get());
        }
        var text = texts.read(Texts.WHOLE).text();
        assertTrue(all.size() > 8, "some were accepted: " + all.size());
        assertEquals(
                List.of(), all.stream().filter(mark -> !text.contains(mark)).toList());
        assertEquals(all.size(), texts.read(Texts.WHOLE).revision());
    }

    private static <T> Future<T> later(Callable<T> work) {
        return THREADS.submit(work);
    }

    private void awaitOneWhoWaits() {
        await("somebody who waits for a lock").until(() -> {
            try (var other = connect();
                    var waiting = other.createStatement()
                            .executeQuery("select 1 from pg_stat_activity where wait_event_type = 'Lock'")) {
                return waiting.next();
            }
        });
    }
}
