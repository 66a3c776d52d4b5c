package dev.copresence.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.copresence.guard.Guard.Call;
import dev.copresence.guard.Guard.TextName;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.security.Principal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The guard as a handler function of Spring MVC:
 * {@code route().GET("/docs/**", guard).POST("/docs/**", guard).PUT("/docs/**", guard).build()}.
 *
 * @param user gives the id of who is signed in, as Copresence knows it, null if nobody is
 * @param text gives the text that a request means, null if none
 */
public record SpringMvcGuard(
        Guard guard, Function<ServerRequest, @Nullable String> user, Function<ServerRequest, @Nullable TextName> text)
        implements HandlerFunction<ServerResponse> {

    /** The principal's name is the user's id, and the path is the page. */
    public SpringMvcGuard(Guard guard) {
        this(
                guard,
                request -> request.principal().map(Principal::getName).orElse(null),
                request -> new TextName(request.uri().getRawPath(), null));
    }

    @Override
    public ServerResponse handle(ServerRequest request) throws ServletException, IOException {
        var body = new String(request.servletRequest().getInputStream().readAllBytes(), UTF_8);
        var call = new Call(request.headers()::firstHeader, user.apply(request), text.apply(request), body);
        var answer = guard.answer(request.method().name(), call);
        var response = ServerResponse.status(answer.status());
        answer.headers().forEach(response::header);
        return response.body(answer.body().getBytes(UTF_8));
    }
}
