package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.copresence.PagePath;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The pages with tabs are found by how their paths begin. */
interface PagesContract extends StoreFixture {

    // Y5: the paths of pages with tabs

    @Test
    default void pagesWithTabsAreFoundByTheirPrefix() {
        for (var path : List.of("/docs", "/docs/b", "/docs/a/x", "/docs-old", "/docs%20a", "/blog/a", "/docs/a")) {
            tabOf(ANA).joins(new PagePath(path));
        }

        assertEquals(List.of("/docs/a", "/docs/a/x", "/docs/b"), pathsUnder("/docs", 10));
        assertEquals(List.of("/docs/a/x"), pathsUnder("/docs/a", 10));
        assertEquals(List.of(), pathsUnder("/docs/b", 10));
        assertEquals(
                List.of("/blog/a", "/docs", "/docs%20a", "/docs-old", "/docs/a", "/docs/a/x", "/docs/b"),
                pathsUnder("/", 10));
    }

    @Test
    default void theFirstPagesOfThePrefixAreFoundIfThereAreMore() {
        var paths = IntStream.range(100, 120).mapToObj(i -> "/docs/" + i).toList();
        paths.forEach(path -> tabOf(ANA).joins(new PagePath(path)));

        assertEquals(paths.subList(0, 7), pathsUnder("/docs", 7));
    }

    @Test
    default void aPageIsFoundFromItsFirstTabToItsLast() {
        var ana = tabOf(ANA);
        var ben = tabOf(BEN);
        ana.joins(PAGE);
        ben.joins(PAGE);
        ana.leaves(PAGE);
        assertEquals(List.of(PAGE.value()), pathsUnder("/docs", 10));

        ben.leaves(PAGE);

        assertEquals(List.of(), pathsUnder("/docs", 10));
        ben.joins(PAGE);
        assertEquals(List.of(PAGE.value()), pathsUnder("/docs", 10));
    }

    @Test
    default void aPageIsNotFoundOnceItsTabsHaveExpiredOrGoneElsewhere() {
        var ana = tabOf(ANA);
        ana.joins(PAGE);
        tabOf(BEN).joins(new PagePath("/docs/c"));
        clock().advance(LIFE);

        ana.beats(OTHER);
        clock().advance(MILLISECOND);
        sweep();

        assertEquals(List.of(OTHER.value()), pathsUnder("/docs", 10));
    }

    default List<String> pathsUnder(String prefix, int most) {
        return answerOf(store().pagesUnder(new PagePath(prefix), most)).stream()
                .map(PagePath::value)
                .toList();
    }
}
