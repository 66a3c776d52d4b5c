package dev.copresence.http;

import static java.util.Objects.requireNonNull;

import dev.copresence.Monotonic;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceRegistry;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.Section;
import dev.copresence.UserId;
import dev.copresence.http.identity.VerifiedCredentials;
import dev.copresence.http.refusals.Problems;
import dev.copresence.http.refusals.Refusal;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.ManagementInterface;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The operators' view of what this instance knows now, at {@value #PATH} of the port that is not for browsers. It has numbers
 * alone, unless who asks has a role: then it names pages, sections and people too.
 */
@ApplicationScoped
public class OperatorsView {

    /*
     * However many ask, the store is asked once a second at most, and then for the busiest pages and the first leases of each.
     */

    static final String PATH = "/q/presence";

    /** The role whose holder is told names. */
    static final String OPERATOR = "copresence-operator";

    static final int MAX_PAGES = 20;
    static final int MAX_LEASES_OF_A_PAGE = 10;

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final PresenceStore store;
    private final PresenceRegistry registry;
    private final PresenceConfig config;
    private final Streams streams;
    private final VerifiedCredentials credentials;
    private final IdentityProviderManager identities;
    private final Problems problems;
    private final InstantSource clock;
    private final AtomicReference<@Nullable Seen> last = new AtomicReference<>();

    /**
     * The numbers and pages that were seen at one moment.
     *
     * @param occupancy null while the store cannot be asked
     */
    private record View(@Nullable Occupancy occupancy, int streams, int watchedPages, List<BusyPage> busiest) {}

    /** A view and how long it will do. */
    private record Seen(Instant until, Uni<View> view) {}

    /** A page and what is open and edited there. */
    private record BusyPage(int streams, PresenceSnapshot snapshot, List<HeldLease> leases) {}

    /** A lease and how long its editor has had it; a null section stands for the page as a whole. */
    private record HeldLease(@Nullable Section section, UserId editor, Optional<Duration> held) {}

    OperatorsView(
            PresenceStore store,
            PresenceRegistry registry,
            PresenceConfig config,
            Streams streams,
            VerifiedCredentials credentials,
            IdentityProviderManager identities,
            Problems problems,
            @Monotonic InstantSource clock) {
        this.store = store;
        this.registry = registry;
        this.config = config;
        this.streams = streams;
        this.credentials = credentials;
        this.identities = identities;
        this.problems = problems;
        this.clock = clock;
    }

    void route(@Observes ManagementInterface management) {
        management.router().get(PATH).handler(this::answer);
    }

    private void answer(RoutingContext context) {
        mayKnowNames(context)
                .chain(names -> fresh().map(seen -> json(seen, names)))
                .subscribe()
                .with(
                        json -> context.response()
                                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                                .end(json.encode()),
                        failure -> refuse(context, failure));
    }

    /** A bearer has to be good for names; without one there are none. */
    private Uni<Boolean> mayKnowNames(RoutingContext context) {
        if (context.request().getHeader(HttpHeaders.AUTHORIZATION) == null) {
            return Uni.createFrom().item(false);
        }
        return credentials.authenticate(context, identities).map(identity -> {
            if (identity == null || identity.isAnonymous()) {
                throw new AuthenticationFailedException();
            }
            return isOperator(identity);
        });
    }

    private static boolean isOperator(SecurityIdentity identity) {
        if (!identity.hasRole(OPERATOR)) {
            throw new NotAnOperatorException();
        }
        return true;
    }

    private void refuse(RoutingContext context, Throwable failure) {
        if (failure instanceof NotAnOperatorException) {
            problems.refuse(
                    context,
                    Refusal.FORBIDDEN,
                    "Names are for the role " + OPERATOR + "; ask without a token for numbers.");
        } else if (failure instanceof AuthenticationFailedException) {
            problems.refuse(context, Refusal.UNAUTHENTICATED, Problems.UNAUTHENTICATED);
        } else {
            // None of the caller's making: the server says so, and logs it.
            context.fail(failure);
        }
    }

    private Uni<View> fresh() {
        var now = clock.instant();
        return requireNonNull(last.updateAndGet(seen -> seen != null && now.isBefore(seen.until())
                        ? seen
                        : new Seen(
                                now.plus(FRESH),
                                Uni.createFrom().deferred(this::look).memoize().indefinitely())))
                .view();
    }

    private Uni<View> look() {
        var perPage = streams.perPage();
        var candidates = perPage.entrySet().stream()
                .sorted(Map.Entry.<PagePath, Integer>comparingByValue().reversed())
                .limit(MAX_PAGES)
                .toList();
        return store.occupancy()
                .chain(occupancy -> Multi.createFrom()
                        .iterable(candidates)
                        .onItem()
                        .transformToUniAndConcatenate(page -> look(page.getKey(), page.getValue()))
                        .collect()
                        .asList()
                        .map(busiest -> new View(occupancy, streams.count(), perPage.size(), sorted(busiest))))
                .onFailure()
                .recoverWithItem(() -> new View(null, streams.count(), perPage.size(), List.of()));
    }

    private static List<BusyPage> sorted(List<BusyPage> pages) {
        return pages.stream()
                .sorted(Comparator.comparingInt(
                                (BusyPage page) -> page.snapshot().viewerCount())
                        .reversed())
                .toList();
    }

    private Uni<BusyPage> look(PagePath page, int open) {
        return registry.list(page).chain(snapshot -> leases(snapshot).map(held -> new BusyPage(open, snapshot, held)));
    }

    private Uni<List<HeldLease>> leases(PresenceSnapshot snapshot) {
        var held = new ArrayList<Uni<HeldLease>>();
        var editor = snapshot.editor();
        if (editor != null) {
            held.add(lease(snapshot.page(), null, editor));
        }
        snapshot.sections().stream()
                .limit(MAX_LEASES_OF_A_PAGE)
                .forEach(edited -> held.add(lease(snapshot.page(), edited.section(), edited.editor())));
        return Multi.createFrom()
                .iterable(held)
                .onItem()
                .transformToUniAndConcatenate(lease -> lease)
                .collect()
                .asList();
    }

    private Uni<HeldLease> lease(PagePath page, @Nullable Section section, UserId editor) {
        return registry.heldFor(page, section).map(age -> new HeldLease(section, editor, age));
    }

    private JsonObject json(View seen, boolean names) {
        var occupancy = seen.occupancy();
        var here = new JsonObject().put("store", config.store().name().toLowerCase(Locale.ROOT));
        here.put("available", occupancy != null);
        if (occupancy != null) {
            here.put("pages", occupancy.pages())
                    .put("tabs", occupancy.tabs())
                    .put("leases", occupancy.leases())
                    .put("waits", occupancy.waits());
        }
        var busiest = new JsonArray();
        seen.busiest().forEach(page -> busiest.add(json(page, names)));
        return new JsonObject()
                .put("presence", here)
                .put("streams", new JsonObject().put("open", seen.streams()).put("pages", seen.watchedPages()))
                .put("busiest", busiest);
    }

    private static JsonObject json(BusyPage page, boolean names) {
        var snapshot = page.snapshot();
        var json = new JsonObject();
        if (names) {
            json.put("pagePath", snapshot.page().value());
        }
        json.put("streams", page.streams())
                .put("viewers", snapshot.viewerCount())
                .put("tabs", snapshot.tabCount());
        var leases = new JsonArray();
        page.leases().forEach(lease -> leases.add(json(lease, snapshot, names)));
        return json.put("leases", leases);
    }

    private static JsonObject json(HeldLease lease, PresenceSnapshot snapshot, boolean names) {
        var section = lease.section();
        var json = new JsonObject().put("of", section == null ? "page" : "section");
        lease.held().ifPresent(held -> json.put("heldSeconds", held.toSeconds()));
        if (names) {
            if (section != null) {
                json.put("section", section.value());
            }
            json.put("editorUserId", lease.editor().value());
            snapshot.viewers().stream()
                    .map(viewer -> viewer.user())
                    .filter(user -> user.id().equals(lease.editor()))
                    .findFirst()
                    .ifPresent(user -> json.put("editorName", user.name()));
        }
        return json;
    }

    /** The refusal of somebody who asks for names and may not know them. */
    private static final class NotAnOperatorException extends RuntimeException {

        private static final long serialVersionUID = 1;

        NotAnOperatorException() {
            super("not an operator", null, false, false);
        }
    }
}
