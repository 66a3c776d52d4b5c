package dev.copresence.saves;

import dev.copresence.saves.Texts.Answer;
import dev.copresence.saves.Texts.Row;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Something that keeps texts and decides who may save them. */
interface Backend {

    /** Opens all of these texts or none. */
    Answer open(List<String> names, long fence) throws SQLException;

    /** Saves all of these texts or none, each over the revision that stands in its place. */
    Answer save(List<String> names, long fence, List<Long> bases, List<String> texts) throws SQLException;

    /** Makes the rows what they are said to be. */
    void put(Map<String, Row> rows) throws SQLException;

    Map<String, Row> all(List<String> names) throws SQLException;
}
