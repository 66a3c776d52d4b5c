package dev.copresence.http.identity;

import dev.copresence.http.door.Origins;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusalPage;
import dev.copresence.http.refusals.RefusedException;
import io.quarkus.oidc.AuthorizationCodeTokens;
import io.quarkus.oidc.OidcTenantConfig;
import io.quarkus.oidc.common.runtime.OidcCommonUtils;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.quarkus.oidc.runtime.TenantConfigContext;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jspecify.annotations.Nullable;

/**
 * The end of a session: here, whatever the cookie is worth, and at the provider if that can be asked to (OpenID Connect
 * RP-Initiated Logout 1.0); and the provider's word that a session has ended there (Back-Channel Logout 1.0).
 */
@Path(LogoutResource.PATH)
@Tag(name = "Sessions")
public class LogoutResource {

    static final String PATH = "/logout";

    static final String BACK_CHANNEL = "/logout/backchannel";

    private static final Logger LOG = Logger.getLogger(LogoutResource.class);

    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";
    private static final int MAX_TOKEN_CHARACTERS = 16 << 10;

    private final SessionCookies cookies;
    private final SessionTokens tokens;
    private final EndedSessions ended;
    private final Origins origins;
    private final RefusalPage page;
    private final TenantConfigBean tenants;
    private final AtomicBoolean saidThatLogoutIsLocal = new AtomicBoolean();

    LogoutResource(
            SessionCookies cookies,
            SessionTokens tokens,
            EndedSessions ended,
            Origins origins,
            RefusalPage page,
            TenantConfigBean tenants) {
        this.cookies = cookies;
        this.tokens = tokens;
        this.ended = ended;
        this.origins = origins;
        this.page = page;
        this.tenants = tenants;
    }

    /** Ends the browser's session and goes on to the provider, which ends its own, or to the start page. */
    @GET
    @NonBlocking
    @Operation(
            operationId = "logout",
            summary = "Log out with a browser, here and at the provider; open it, do not fetch it")
    @APIResponse(
            responseCode = "303",
            description = "The session has ended: the way to the provider, or to the start page")
    @APIResponse(responseCode = "403", description = "Another site has sent the browser here: a page that asks first")
    public Uni<Response> logout(@Context RoutingContext context) {
        if (!isWanted(context)) {
            page.tell(
                    context,
                    Refusal.FOREIGN_ORIGIN,
                    "Do you want to sign out?",
                    "Another site has sent you here, so nothing has been done yet.",
                    PATH,
                    "Sign out");
            return Uni.createFrom().nothing();
        }
        var tenant = tenants.getDefaultTenant();
        context.put(TenantConfigContext.class.getName(), tenant);
        var config = tenant.getOidcTenantConfig();
        return tokens.ofRequest(context, config).map(session -> {
            session.ifPresent(tokens -> end(tokens, config, tenant));
            cookies.removeSession(context);
            cookies.removeLogins(context);
            return Response.seeOther(next(context, session.orElse(null), config, tenant))
                    .build();
        });
    }

    /** True unless a page of another site, a part of a page or a browser that looks ahead has asked. */
    private boolean isWanted(RoutingContext context) {
        var request = context.request();
        var mode = request.getHeader("Sec-Fetch-Mode");
        if (!request.method().equals(HttpMethod.GET)
                || mode != null && !mode.equals("navigate")
                || request.getHeader("Sec-Purpose") != null) {
            return false;
        }
        return origins.mayNavigate(request);
    }

    private void end(AuthorizationCodeTokens session, OidcTenantConfig config, TenantConfigContext tenant) {
        // Without encryption anybody could make such a cookie, and end another's session with it.
        if (!config.tokenStateManager().encryptionRequired()) {
            return;
        }
        ended.end(SessionTokens.session(session));
        if (session.getRefreshToken() != null && endSessionUri(tenant) == null && tenant.ready()) {
            // The provider's own session goes on; but nobody shall renew this one with a copy of its cookie.
            tenant.getOidcProviderClient()
                    .revokeRefreshToken(session.getRefreshToken())
                    .subscribe()
                    .with(
                            revoked -> LOG.debugf("The refresh token of a session was revoked: %s", revoked),
                            failure -> LOG.debug("The refresh token of a session could not be revoked", failure));
        }
    }

    private URI next(
            RoutingContext context,
            @Nullable AuthorizationCodeTokens session,
            OidcTenantConfig config,
            TenantConfigContext tenant) {
        var provider = endSessionUri(tenant);
        var back = config.logout().postLogoutPath().orElse("/");
        if (provider == null) {
            if (tenant.ready() && saidThatLogoutIsLocal.compareAndSet(false, true)) {
                LOG.info(
                        "The provider has no end_session_endpoint: /logout ends sessions here and not at the provider");
            }
            return URI.create(back);
        }
        if (session == null) {
            return URI.create(back);
        }
        var request = context.request();
        var scheme = config.authentication().forceRedirectHttpsScheme().orElse(false) ? "https" : request.scheme();
        var query = new LinkedHashMap<String, String>();
        query.put("id_token_hint", session.getIdToken());
        config.clientId().ifPresent(id -> query.put("client_id", id));
        query.put(
                config.logout().postLogoutUriParam(),
                back.startsWith("http") ? back : scheme + "://" + request.authority() + back);
        query.putAll(config.logout().extraParams());
        return URI.create(provider
                + (provider.contains("?") ? "&" : "?")
                + query.entrySet().stream()
                        .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&")));
    }

    private static @Nullable String endSessionUri(TenantConfigContext tenant) {
        return tenant.ready() ? tenant.provider().getMetadata().getEndSessionUri() : null;
    }

    /** Takes the provider's word that a session, or all of a user's, have ended. */
    @POST
    @Path("backchannel")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @NonBlocking
    @Operation(operationId = "endSession", summary = "Hear from the provider that a session has ended there")
    @APIResponse(responseCode = "200", description = "The session has ended here too")
    @APIResponse(responseCode = "400", description = "That is no logout token of the provider's")
    public Response endedAtProvider(@FormParam("logout_token") @Nullable String token) {
        var tenant = tenants.getDefaultTenant();
        if (token == null || token.length() > MAX_TOKEN_CHARACTERS || !tenant.ready() || !isGood(token, tenant)) {
            throw new RefusedException(Refusal.INVALID_INPUT, "logout_token is no logout token of the provider's.");
        }
        var claims = OidcCommonUtils.decodeJwtContent(token);
        if (claims.getValue("sid") instanceof String sid && !sid.isEmpty()) {
            ended.endOfProvider(sid);
        } else if (claims.getValue("sub") instanceof String subject) {
            ended.endAllOf(subject, Instant.ofEpochSecond(claims.getLong("iat", 0L)));
        }
        return Response.ok().build();
    }

    private static boolean isGood(String token, TenantConfigContext tenant) {
        try {
            tenant.provider().verifyLogoutJwtToken(token);
            var claims = OidcCommonUtils.decodeJwtContent(token);
            return claims.getValue("events") instanceof JsonObject events
                    && events.getValue(EVENT) instanceof JsonObject
                    && !claims.containsKey("nonce")
                    && (claims.getValue("sid") instanceof String || claims.getValue("sub") instanceof String);
        } catch (InvalidJwtException | ClassCastException e) {
            LOG.debug("A logout token is refused", e);
            return false;
        }
    }
}
