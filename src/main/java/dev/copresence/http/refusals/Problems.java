package dev.copresence.http.refusals;

import dev.copresence.InvalidValueException;
import dev.copresence.LeaseRefusedException;
import dev.copresence.LimitExceededException;
import dev.copresence.PresenceConfig;
import dev.copresence.StoreUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/** The one place that turns a refusal, whoever found it, into a problem document, and counts it. */
@ApplicationScoped
public class Problems {

    private static final Logger LOG = Logger.getLogger(Problems.class);

    static final String NOTHING = "There is nothing at this address.";

    public static final String UNAUTHENTICATED = "Send a valid bearer token or session cookie.";

    /** The calls that take POST. All others take GET; a test compares that with what the resources say. */
    private static final Set<String> POSTED = Set.of(
            "join",
            "heartbeat",
            "leave",
            "batch",
            "lookup",
            "verify",
            "request",
            "handover",
            "keep",
            "takeover",
            "backchannel",
            "open");

    /** The call that takes PUT beside GET, of the demo. */
    private static final String PAGES = "pages";

    private final MeterRegistry meters;
    private final PresenceConfig config;
    private final CurrentIdentityAssociation identity;

    Problems(MeterRegistry meters, PresenceConfig config, CurrentIdentityAssociation identity) {
        this.meters = meters;
        this.config = config;
        this.identity = identity;
    }

    /** The problem of one item of a request that is answered all the same; our own failures stay exceptions. */
    public Problem ofItem(Throwable failure) {
        var refused =
                failure instanceof LimitExceededException limit ? refusal(limit, config.heartbeatInterval()) : failure;
        if (refused instanceof RefusedException refusal) {
            count(refusal.refusal());
            return refusal.problem();
        }
        throw new CompletionException(failure);
    }

    @ServerExceptionMapper
    Response refused(RefusedException e) {
        return response(e.problem(), e.refusal(), e.retryAfter());
    }

    @ServerExceptionMapper
    Response invalidValue(InvalidValueException e) {
        return response(Refusal.INVALID_INPUT, String.valueOf(e.getMessage()));
    }

    @ServerExceptionMapper
    Response limitExceeded(LimitExceededException e) {
        return refused(refusal(e, config.heartbeatInterval()));
    }

    @ServerExceptionMapper
    Response leaseRefused(LeaseRefusedException e) {
        var editor = e.editor();
        return refused(RefusedException.leaseRefused(e, editor == null ? null : PersonBody.of(editor)));
    }

    @ServerExceptionMapper
    Response unavailable(StoreUnavailableException e) {
        return refused(RefusedException.unavailable(
                "The service cannot reach its store; presence comes back by itself with the next heartbeat."));
    }

    @ServerExceptionMapper({UnauthorizedException.class, AuthenticationFailedException.class})
    Response unauthenticated() {
        return response(Refusal.UNAUTHENTICATED, UNAUTHENTICATED);
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException e) {
        return response(Refusal.FORBIDDEN, "You may not do this.");
    }

    @ServerExceptionMapper
    Response http(WebApplicationException e) {
        var status = e.getResponse().getStatus();
        return status < 400 ? e.getResponse() : response(Refusal.of(status), sentence(status));
    }

    /** Answers with a page where somebody in a browser has gone to an address at which there is nothing. */
    @ServerExceptionMapper
    Response notFound(NotFoundException e, Request request, HttpHeaders headers) {
        var isProgram = headers.getHeaderString(HttpHeaders.AUTHORIZATION) != null;
        if (!RefusalPage.isShown(request.getMethod(), isProgram, headers.getHeaderString(HttpHeaders.ACCEPT))) {
            return http(e);
        }
        count(Refusal.NOT_FOUND);
        return Response.status(Refusal.NOT_FOUND.status())
                .type("text/html; charset=utf-8")
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .entity(RefusalPage.noPage())
                .build();
    }

    @ServerExceptionMapper
    Response notAllowed(NotAllowedException e, UriInfo uri) {
        var segments = uri.getPathSegments();
        var call = segments.get(segments.size() - 1).getPath();
        return Response.fromResponse(http(e))
                .header(HttpHeaders.ALLOW, allowed(call))
                .build();
    }

    /** The methods that a call takes, as an {@code Allow} header has them; a call is named by the end of its address. */
    static String allowed(String call) {
        if (POSTED.contains(call)) {
            return "OPTIONS, POST";
        }
        return call.equals(PAGES) ? "GET, HEAD, OPTIONS, PUT" : "GET, HEAD, OPTIONS";
    }

    /** Refuses what is found before anybody has asked who the caller is; nobody in particular is told that first. */
    @ServerExceptionMapper
    Uni<Response> notAcceptable(NotAcceptableException e) {
        return identity.getDeferredIdentity()
                .map(caller -> caller.isAnonymous() ? unauthenticated() : http(e))
                .onFailure(AuthenticationFailedException.class)
                .recoverWithItem(failure -> unauthenticated())
                .onFailure(RefusedException.class)
                .recoverWithItem(this::refused);
    }

    @ServerExceptionMapper
    Response http(HttpException e) {
        return response(Refusal.of(e.getStatusCode()), sentence(e.getStatusCode()));
    }

    @ServerExceptionMapper
    Response failed(Throwable e) {
        LOG.error("A request failed", e);
        return response(Refusal.INTERNAL_ERROR, "The service failed; it has been logged.");
    }

    /** Refuses a request that no resource has answered, for the reason that the status gives. */
    public void refuse(RoutingContext context, int status) {
        refuse(context, Refusal.of(status), sentence(status));
    }

    /** Refuses a request that no resource has answered. */
    public void refuse(RoutingContext context, Refusal refusal, String detail) {
        count(refusal);
        SafeHeaders.refusal(context.response());
        context.response()
                .setStatusCode(refusal.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .end(Json.encode(Problem.of(refusal, detail, List.of())));
    }

    /** The document that refuses what is not even a request. */
    public byte[] unreadable(Refusal refusal) {
        count(refusal);
        return Json.encodeToBuffer(Problem.of(refusal, sentence(refusal.status()), List.of()))
                .getBytes();
    }

    private Response response(Refusal refusal, String detail) {
        return response(Problem.of(refusal, detail, List.of()), refusal, null);
    }

    private Response response(Problem problem, Refusal refusal, @Nullable Duration retryAfter) {
        count(refusal);
        var response =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
        if (retryAfter != null) {
            response.header(
                    HttpHeaders.RETRY_AFTER,
                    Math.max(1, retryAfter.plusMillis(999).toSeconds()));
        }
        if (refusal == Refusal.UNAUTHENTICATED) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (refusal == Refusal.INVALID_GRANT) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Presence-Grant error=\"invalid_grant\"");
        }
        if (refusal == Refusal.BODY_TOO_LARGE) {
            response.header("Connection", "close");
        }
        return response.build();
    }

    private static RefusedException refusal(LimitExceededException e, Duration retryAfter) {
        var refusal = switch (e.limit()) {
            case TABS, TABS_PER_USER -> Refusal.TOO_MANY_TABS;
            case STREAMS, STREAMS_PER_USER -> Refusal.TOO_MANY_STREAMS;
            case CALLS_PER_USER -> Refusal.TOO_MANY_REQUESTS;
        };
        return new RefusedException(
                refusal,
                "There is no room for another: " + e.limit().sentence() + ".",
                refusal == Refusal.TOO_MANY_REQUESTS ? Duration.ofSeconds(1) : retryAfter);
    }

    void count(Refusal refusal) {
        meters.counter("copresence.refusals", "reason", refusal.reason()).increment();
    }

    private static String sentence(int status) {
        return switch (status) {
            case 400 -> "The request cannot be understood.";
            case 404 -> NOTHING;
            case 405 -> "This address does not take that method.";
            case 406 -> "This address cannot answer in a media type that the request accepts.";
            case 413 -> "The body is too large.";
            case 414 -> "The address is too long.";
            case 415 -> "The body must be application/json in UTF-8.";
            case 431 -> "The header is too large.";
            case 501 -> "The method or the transfer coding is not known here.";
            default -> "The request was refused.";
        };
    }
}
