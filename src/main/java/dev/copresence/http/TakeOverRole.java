package dev.copresence.http;

import dev.copresence.http.identity.Admission;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.ws.rs.NameBinding;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestFilter;

/** Marks a call that only a user with the role {@link EditorResource#TAKE_OVER} may make. */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@interface TakeOverRole {

    /** Refuses others before the body is read, and after {@link Admission} has said who calls. */
    @Provider
    @TakeOverRole
    @Priority(Priorities.USER + 1)
    class Check implements ResteasyReactiveContainerRequestFilter {

        @Override
        public void filter(ResteasyReactiveContainerRequestContext context) {
            var request = (ResteasyReactiveRequestContext) context.getServerRequestContext();
            Admission.requireRole(request.unwrap(RoutingContext.class), EditorResource.TAKE_OVER);
        }
    }
}
