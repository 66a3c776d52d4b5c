package dev.copresence.http.identity;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.oidc.OIDCException;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/** The reasons why somebody is not let in: said at DEBUG in words, and counted by a cause of a fixed set. */
@ApplicationScoped
class IdentityRefusals {

    private static final Logger LOG = Logger.getLogger(IdentityRefusals.class);

    /** The causes. */
    enum Cause {
        NO_CREDENTIAL,
        MALFORMED,
        SIGNATURE,
        UNKNOWN_KEY,
        EXPIRED,
        NOT_YET_VALID,
        AUDIENCE,
        ISSUER,
        CLAIMS,
        NO_ACCESS_TOKEN,
        SESSION_UNREADABLE,
        SESSION_ENDED,
        REFRESH_REFUSED,
        LOGIN_FAILED,
        PROVIDER_AWAY,
        FOREIGN_ORIGIN,
        OTHER;

        /** True if the same credential will be refused again, whatever becomes of keys, clocks and providers. */
        boolean isFinal() {
            return FINAL.contains(this);
        }

        private String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final Set<Cause> FINAL = Set.of(
            Cause.MALFORMED,
            Cause.SIGNATURE,
            Cause.EXPIRED,
            Cause.AUDIENCE,
            Cause.ISSUER,
            Cause.CLAIMS,
            Cause.NO_ACCESS_TOKEN,
            Cause.SESSION_UNREADABLE,
            Cause.SESSION_ENDED,
            Cause.REFRESH_REFUSED);

    private static final Map<Integer, Cause> CODES = Map.of(
            ErrorCodes.EXPIRED, Cause.EXPIRED,
            ErrorCodes.NOT_YET_VALID, Cause.NOT_YET_VALID,
            ErrorCodes.AUDIENCE_INVALID, Cause.AUDIENCE,
            ErrorCodes.AUDIENCE_MISSING, Cause.AUDIENCE,
            ErrorCodes.ISSUER_INVALID, Cause.ISSUER,
            ErrorCodes.ISSUER_MISSING, Cause.ISSUER,
            ErrorCodes.SIGNATURE_INVALID, Cause.SIGNATURE,
            ErrorCodes.SIGNATURE_MISSING, Cause.SIGNATURE,
            ErrorCodes.JSON_INVALID, Cause.MALFORMED);

    /** The errors of a token endpoint that say that it is the provider that cannot do it now (RFC 6749, section 4.1.2.1). */
    private static final Set<String> PROVIDERS_OWN = Set.of("server_error", "temporarily_unavailable");

    /** A refusal whose cause we know by ourselves. */
    static final class IdentityRefusedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final Cause because;

        IdentityRefusedException(Cause because, String message) {
            super(message, null, false, false);
            this.because = because;
        }
    }

    private final MeterRegistry meters;
    private final TenantConfigBean tenants;

    IdentityRefusals(MeterRegistry meters, TenantConfigBean tenants) {
        this.meters = meters;
        this.tenants = tenants;
    }

    /** Counts a refusal and says it at DEBUG. */
    void note(Cause cause, String what, @Nullable Throwable failure) {
        meters.counter("copresence.identity.refusals", "cause", cause.label()).increment();
        LOG.debugf("%s is refused (%s): %s", what, cause.label(), failure == null ? "" : reason(failure));
    }

    private static String reason(Throwable failure) {
        var last = failure;
        while (last.getCause() != null && last.getCause() != last) {
            last = last.getCause();
        }
        return String.valueOf(last.getMessage());
    }

    Cause cause(Credential.Kind kind, Throwable failure) {
        for (var step = failure; step != null; step = step.getCause()) {
            var cause = ofStep(kind, step);
            if (cause != null) {
                return cause;
            }
        }
        if (!tenants.getDefaultTenant().ready()) {
            return Cause.PROVIDER_AWAY;
        }
        return kind == Credential.Kind.SESSION ? Cause.SESSION_UNREADABLE : Cause.MALFORMED;
    }

    private static @Nullable Cause ofStep(Credential.Kind kind, Throwable step) {
        if (step instanceof IdentityRefusedException refused) {
            return refused.because;
        }
        if (step instanceof SocketException
                || step instanceof UnknownHostException
                || step instanceof HttpClosedException
                || step instanceof TimeoutException) {
            return Cause.PROVIDER_AWAY;
        }
        if (step instanceof UnresolvableKeyException) {
            return Cause.UNKNOWN_KEY;
        }
        // Of a bearer the provider is asked nothing but its keys, and Quarkus may say this of the token itself.
        if (step instanceof OIDCException && kind == Credential.Kind.SESSION) {
            return ofProvider(String.valueOf(step.getMessage()));
        }
        return step instanceof InvalidJwtException invalid && !(invalid.getCause() instanceof UnresolvableKeyException)
                ? ofToken(invalid)
                : null;
    }

    private static Cause ofToken(InvalidJwtException invalid) {
        return invalid.getErrorDetails().stream()
                .map(error -> CODES.getOrDefault(error.getErrorCode(), Cause.CLAIMS))
                .findFirst()
                .orElse(Cause.MALFORMED);
    }

    /** An error of OAuth's is an answer to the request; anything else is a provider, or a proxy before it, in trouble. */
    private static Cause ofProvider(String answer) {
        try {
            var error = new JsonObject(answer).getValue("error");
            return error instanceof String text && !PROVIDERS_OWN.contains(text)
                    ? Cause.REFRESH_REFUSED
                    : Cause.PROVIDER_AWAY;
        } catch (DecodeException e) {
            return Cause.PROVIDER_AWAY;
        }
    }
}
