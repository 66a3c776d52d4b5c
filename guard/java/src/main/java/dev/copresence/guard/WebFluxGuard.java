package dev.copresence.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.copresence.guard.Guard.Answer;
import dev.copresence.guard.Guard.Call;
import dev.copresence.guard.Guard.TextName;
import java.security.Principal;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The guard as a handler function of Spring WebFlux, which calls the store on a thread that may wait:
 * {@code route().GET("/docs/**", guard).POST("/docs/**", guard).PUT("/docs/**", guard).build()}.
 *
 * @param user gives the id of who is signed in, as Copresence knows it, empty if nobody is
 * @param text gives the text that a request means, null if none
 */
public record WebFluxGuard(
        Guard guard, Function<ServerRequest, Mono<String>> user, Function<ServerRequest, @Nullable TextName> text)
        implements HandlerFunction<ServerResponse> {

    /** The principal's name is the user's id, and the path is the page. */
    public WebFluxGuard(Guard guard) {
        this(
                guard,
                request -> request.principal().map(Principal::getName),
                request -> new TextName(request.uri().getRawPath(), null));
    }

    @Override
    public Mono<ServerResponse> handle(ServerRequest request) {
        var id = user.apply(request).map(Optional::of).defaultIfEmpty(Optional.empty());
        var body = request.bodyToMono(byte[].class)
                .map(bytes -> new String(bytes, UTF_8))
                .defaultIfEmpty("");
        return Mono.zip(id, body)
                .publishOn(Schedulers.boundedElastic())
                .map(both -> {
                    var call = new Call(
                            request.headers()::firstHeader,
                            both.getT1().orElse(null),
                            text.apply(request),
                            both.getT2());
                    return guard.answer(request.method().name(), call);
                })
                .flatMap(WebFluxGuard::response);
    }

    private static Mono<ServerResponse> response(Answer answer) {
        var response = ServerResponse.status(answer.status());
        answer.headers().forEach(response::header);
        return response.bodyValue(answer.body().getBytes(UTF_8));
    }
}
