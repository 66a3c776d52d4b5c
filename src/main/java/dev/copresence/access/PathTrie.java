package dev.copresence.access;

import dev.copresence.PagePath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Patterns in the order in which they were added, made to find the first that matches a page. What that costs grows with the
 * segments of the page, not with the number of patterns.
 */
final class PathTrie {

    /*
     * Each node is where a walk along a pattern's segments can stand. It is built in one thread and only read after that; what a
     * search needs is its own.
     */

    /** The number of no pattern: of a page that none matches. */
    static final int NONE = Integer.MAX_VALUE;

    /** The most steps that {@link #covers} takes before it gives up. */
    private static final int MOST_STEPS = 2_000;

    /** A segment that no pattern spells. */
    private static final String OTHER = "";

    private final List<Node> nodes = new ArrayList<>();
    private final Node root = new Node(nodes);
    private int size;

    private static final class Node {
        private final int id;
        private final Map<String, Node> literals = new HashMap<>();
        private @Nullable Node one;
        private @Nullable Node any;

        /** True of a node behind {@code **}, where a walk may stay whatever the next segment is. */
        private boolean stays;

        /** The number of the pattern that ends here. */
        private int number = NONE;

        /** The lowest number of the patterns that end here or further on. */
        private int least = NONE;

        Node(List<Node> all) {
            id = all.size();
            all.add(this);
        }

        /** True if no pattern goes on from here. */
        boolean isEnd() {
            return literals.isEmpty() && one == null;
        }

        /** True if a pattern ends here whatever the rest of the path is. */
        boolean takesAll() {
            return stays && number != NONE;
        }
    }

    /** Adds a pattern, whose number is how many were added before; of two that are alike the first one counts. */
    void add(PathPattern pattern) {
        var number = size++;
        var node = root;
        node.least = Math.min(node.least, number);
        for (var segment : pattern.segments()) {
            node = child(node, segment);
            node.least = Math.min(node.least, number);
        }
        node.number = Math.min(node.number, number);
    }

    private Node child(Node node, String segment) {
        if (PathPattern.isLiteral(segment)) {
            return node.literals.computeIfAbsent(segment, literal -> new Node(nodes));
        }
        if (segment.equals(PathPattern.ANY)) {
            if (node.any == null) {
                node.any = new Node(nodes);
                node.any.stays = true;
            }
            return node.any;
        }
        if (node.one == null) {
            node.one = new Node(nodes);
        }
        return node.one;
    }

    /** The number of the first pattern that matches the segments of a page; {@link #NONE} if none does. */
    int first(String[] path) {
        return new Search(path, nodes.size()).from(root);
    }

    /** The same for a page. */
    int first(PagePath page) {
        return first(PathPattern.segmentsOf(page));
    }

    private static final class Search {
        private final String[] path;
        private final int nodes;
        private int best = NONE;

        /** The first place from which on all have been tried, by the id of a node behind {@code **}; made when one is met. */
        private int @Nullable [] tried;

        Search(String[] path, int nodes) {
            this.path = path;
            this.nodes = nodes;
        }

        int from(Node root) {
            walk(root, 0);
            return best;
        }

        private void walk(Node node, int at) {
            if (node.least >= best) {
                return;
            }
            if (node.any != null) {
                stay(node.any, at);
            }
            if (at == path.length) {
                best = Math.min(best, node.number);
                return;
            }
            var literal = node.literals.isEmpty() ? null : node.literals.get(path[at]);
            if (literal != null) {
                walk(literal, at + 1);
            }
            if (node.one != null) {
                walk(node.one, at + 1);
            }
        }

        private void stay(Node any, int at) {
            // Nothing is behind most of them: whatever is left of the path is theirs.
            best = Math.min(best, any.number);
            if (any.isEnd()) {
                return;
            }
            if (tried == null) {
                tried = new int[nodes];
                Arrays.fill(tried, path.length);
            }
            var until = tried[any.id];
            tried[any.id] = Math.min(at, until);
            for (var next = at; next < until; next++) {
                walk(any, next);
            }
        }
    }

    /**
     * True if each page that {@code pattern} matches is matched by one that was added before. Patterns that are too many and too
     * alike to tell in {@value #MOST_STEPS} steps are taken for others.
     */
    boolean covers(PathPattern pattern) {
        return !misses(pattern, 0, closed(List.of(root)), new HashSet<>());
    }

    /** A place along a pattern, and where the walks of all others are then. */
    private record Place(int at, BitSet here) {}

    /** True if there is a way on from there on which the pattern ends and none of the others does. */
    private boolean misses(PathPattern pattern, int at, BitSet here, Set<Place> seen) {
        if (seen.size() > MOST_STEPS) {
            return true;
        }
        if (!seen.add(new Place(at, here))
                || here.stream().anyMatch(id -> nodes.get(id).takesAll())) {
            return false;
        }
        if (at == pattern.segments().size()) {
            return here.stream().allMatch(id -> nodes.get(id).number == NONE);
        }
        var segment = pattern.segments().get(at);
        var isAny = segment.equals(PathPattern.ANY);
        if (isAny && misses(pattern, at + 1, here, seen)) {
            return true;
        }
        var next = isAny ? at : at + 1;
        if (PathPattern.isLiteral(segment)) {
            return misses(pattern, next, after(here, segment), seen);
        }
        // A segment that nobody spells is missed by most.
        if (misses(pattern, next, after(here, OTHER), seen)) {
            return true;
        }
        for (var text : told(here)) {
            if (misses(pattern, next, after(here, text), seen)) {
                return true;
            }
        }
        return false;
    }

    /** The segments that lead somewhere in particular from there. */
    private Set<String> told(BitSet here) {
        Set<String> texts = new HashSet<>();
        here.stream().forEach(id -> texts.addAll(nodes.get(id).literals.keySet()));
        return texts;
    }

    private BitSet after(BitSet here, String text) {
        List<Node> next = new ArrayList<>();
        here.stream().mapToObj(nodes::get).forEach(node -> {
            if (node.stays) {
                next.add(node);
            }
            if (node.one != null) {
                next.add(node.one);
            }
            var literal = node.literals.get(text);
            if (literal != null) {
                next.add(literal);
            }
        });
        return closed(next);
    }

    /** The nodes, and those that are reached from them by {@code **} for no segment. */
    private static BitSet closed(List<Node> nodes) {
        var all = new BitSet();
        for (var node : nodes) {
            all.set(node.id);
            if (node.any != null) {
                all.set(node.any.id);
            }
        }
        return all;
    }
}
