package dev.copresence.store.memory;

import dev.copresence.SessionBoard;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** The board of a single instance, which has nobody to tell: each turn is its own. */
public final class LocalSessionBoard implements SessionBoard {

    @Override
    public Uni<Turn> claim(String renewal, Duration atMost) {
        return Uni.createFrom().item(Turn.OURS);
    }

    @Override
    public Uni<Void> post(String renewal, String outcome, Duration keep) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> giveBack(String renewal) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> end(Ending ending, Duration keep) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Optional<Instant>> endOf(String session) {
        return Uni.createFrom().item(Optional.empty());
    }

    @Override
    public void listen(Consumer<Ending> listener) {
        // There is no other instance.
    }
}
