package dev.copresence.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.PagePath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A2: many patterns at once are what they are one after the other. */
class PathTrieTest {

    private static final List<String> SEGMENTS = List.of("a", "b", "*", "**", "a", "b", "c", "{user}", "**");

    @RepeatedTest(300)
    void theFirstThatMatchesIsFoundAsByTryingOneAfterTheOther(RepetitionInfo repetition) {
        // given
        var random = new Random(repetition.getCurrentRepetition());
        var patterns = patterns(random, 1 + random.nextInt(30));
        var trie = new PathTrie();
        patterns.forEach(trie::add);

        // then
        pages(random).limit(200).forEach(page -> {
            var expected = IntStream.range(0, patterns.size())
                    .filter(number -> matches(patterns.get(number).segments(), PathPattern.segmentsOf(page)))
                    .findFirst()
                    .orElse(PathTrie.NONE);
            assertEquals(expected, trie.first(page), () -> page + " by " + patterns);
        });
    }

    @RepeatedTest(300)
    void whatIsCoveredIsMatchedByAnEarlierOneOnEveryPage(RepetitionInfo repetition) {
        // given
        var random = new Random(1000 + repetition.getCurrentRepetition());
        var patterns = patterns(random, 1 + random.nextInt(6));
        var trie = new PathTrie();
        patterns.forEach(trie::add);
        var last = patterns(random, 1).get(0);

        // when
        var isCovered = trie.covers(last);

        // then
        var isMissed = allPages(6)
                .filter(page -> matches(last.segments(), PathPattern.segmentsOf(page)))
                .anyMatch(page -> trie.first(page) == PathTrie.NONE);
        assertEquals(!isCovered, isMissed, () -> last + " after " + patterns);
    }

    @ParameterizedTest
    @CsvSource({
        "/**, /hr/**, true",
        "/hr/**, /hr, true",
        "/hr/*, /hr/{user}, true",
        "/hr/{user}, /hr/*, true",
        "/hr/*, /hr/**, false",
        "/hr;/hr/*/**, /hr/**, true",
        "/hr/a;/hr/b, /hr/*, false",
        "/**/x, /a/b/x, true",
        "/**/x/**, /x, true",
        "/*/**, /, false",
        "/*/**;/, /**, true"
    })
    void earlierPatternsTogetherMayCoverALaterOne(String earlier, String later, boolean covered) {
        var trie = new PathTrie();
        Arrays.stream(earlier.split(";")).map(PathPattern::of).forEach(trie::add);

        assertEquals(covered, trie.covers(PathPattern.of(later)));
    }

    @ParameterizedTest
    @CsvSource({"200, 20"})
    void asManyAsThereMayBeAreTold(int rules, int patterns) {
        var random = new Random(7);
        var trie = new PathTrie();

        for (var number = 0; number < rules * patterns; number++) {
            var pattern = PathPattern.of("/**/" + random.nextInt(500) + "/*/" + number + "/**");
            assertFalse(trie.covers(pattern));
            trie.add(pattern);
        }
        assertTrue(
                trie.covers(PathPattern.of("/a/7/x/" + 1 + "/**")) || trie.first(new PagePath("/q")) == PathTrie.NONE);
    }

    private static List<PathPattern> patterns(Random random, int count) {
        List<PathPattern> patterns = new ArrayList<>();
        while (patterns.size() < count) {
            var segments = random.ints(random.nextInt(6), 0, SEGMENTS.size())
                    .mapToObj(SEGMENTS::get)
                    .toList();
            if (segments.stream().filter(PathPattern.USER::equals).count() < 2) {
                patterns.add(new PathPattern(withoutDoubled(segments)));
            }
        }
        return patterns;
    }

    private static List<String> withoutDoubled(List<String> segments) {
        List<String> kept = new ArrayList<>();
        for (var segment : segments) {
            if (!segment.equals("**")
                    || kept.isEmpty()
                    || !kept.get(kept.size() - 1).equals("**")) {
                kept.add(segment);
            }
        }
        return kept;
    }

    private static Stream<PagePath> pages(Random random) {
        return Stream.generate(() -> page(random.ints(random.nextInt(9), 0, 4)
                .mapToObj(number -> String.valueOf("abcd".charAt(number)))
                .toList()));
    }

    /** All pages of no more segments than that, made of the patterns' own and one other. */
    private static Stream<PagePath> allPages(int most) {
        return IntStream.rangeClosed(0, most)
                .boxed()
                .flatMap(length -> IntStream.range(0, (int) Math.pow(4, length))
                        .mapToObj(number -> page(IntStream.range(0, length)
                                .mapToObj(at -> String.valueOf("abcd".charAt((number >> (2 * at)) & 3)))
                                .toList())));
    }

    private static PagePath page(List<String> segments) {
        return new PagePath(segments.stream().collect(Collectors.joining("/", "/", "")));
    }

    /** The plainest way to tell. */
    private static boolean matches(List<String> pattern, String[] path) {
        if (pattern.isEmpty()) {
            return path.length == 0;
        }
        var rest = pattern.subList(1, pattern.size());
        if (pattern.get(0).equals("**")) {
            return IntStream.rangeClosed(0, path.length)
                    .anyMatch(from -> matches(rest, Arrays.copyOfRange(path, from, path.length)));
        }
        return path.length > 0
                && (!PathPattern.isLiteral(pattern.get(0)) || pattern.get(0).equals(path[0]))
                && matches(rest, Arrays.copyOfRange(path, 1, path.length));
    }
}
