package dev.copresence.http;

import dev.copresence.StoreUnavailableException;
import dev.copresence.TabId;
import dev.copresence.http.refusals.Problems;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The items of a batch. They are under way together, so that a store that is far away is waited for once; those of one tab
 * take turns, since the calls of a tab must not overtake one another.
 */
final class Batch {

    private final Problems problems;
    private final List<Uni<BatchBody.Result>> results = new ArrayList<>();
    private final Map<TabId, Uni<BatchBody.Result>> last = new HashMap<>();

    Batch(Problems problems) {
        this.problems = problems;
    }

    /** Adds an item; one that cannot be read is a problem in its place. */
    void add(Supplier<Item> item) {
        try {
            add(item.get());
        } catch (RuntimeException e) {
            results.add(Uni.createFrom().item(BatchBody.Result.of(problems.ofItem(e))));
        }
    }

    private void add(Item item) {
        var own = Uni.createFrom()
                .deferred(item.call)
                .onFailure(failure -> !(failure instanceof StoreUnavailableException))
                .recoverWithItem(failure -> BatchBody.Result.of(problems.ofItem(failure)));
        var before = last.get(item.tab);
        // Asked for twice, by the tab's next item and for the answer.
        var turn = (before == null ? own : before.chain(() -> own)).memoize().indefinitely();
        last.put(item.tab, turn);
        results.add(turn);
    }

    /** The number of items that were added. */
    int size() {
        return results.size();
    }

    /** All results, each in the place of its item; fails if the store cannot be asked for one of them. */
    Uni<List<BatchBody.Result>> all() {
        return results.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join().all(results).andFailFast();
    }

    /** A call that is to be made for a tab. */
    record Item(TabId tab, Supplier<Uni<? extends BatchBody.Result>> call) {}
}
