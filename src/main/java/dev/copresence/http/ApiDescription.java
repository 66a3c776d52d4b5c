package dev.copresence.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.copresence.LeaseRefusedException;
import dev.copresence.http.refusals.PersonBody;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.Refusal;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the API's description that all calls share: how a caller is known, how a call can be refused, and what an answer
 * always has. It is made once, while the service is built.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ApiDescription implements OASFilter {

    private static final String API = "/api/presence/";
    private static final String BEARER = "bearer";
    private static final String SESSION = "session";
    private static final String COOKIE = "q_session_Default_copresence";
    private static final String RETRY_AFTER = "RetryAfter";
    private static final String SCHEMAS = "#/components/schemas/";

    /** The bodies that are answered. A field of theirs is there unless it may be null. */
    private static final List<Class<? extends Record>> ANSWERS = List.of(
            BatchBody.Answer.class,
            BatchBody.Result.class,
            HeartbeatAnswerBody.class,
            LeaseAnswerBody.class,
            LeaseBody.class,
            LookupAnswer.Members.class,
            PageForm.Face.class,
            PageForm.OfCount.class,
            PageForm.OfInitials.class,
            PageForm.OfNone.class,
            PersonBody.class,
            Problem.class,
            Problem.Violation.class,
            RowForm.OfNames.class,
            RowForm.OfInitials.class,
            RowForm.OfCount.class,
            RowForm.Person.class,
            SnapshotBody.class,
            SnapshotBody.SectionBody.class,
            SnapshotBody.ViewerBody.class,
            UserBody.class);

    /** The refusals of every call that asks for an identity. */
    private static final List<Answer> OF_ALL = List.of(
            new Answer(401, "Unauthenticated", "Nobody is known by this request, or its grant is not good", false),
            new Answer(403, "Forbidden", "The caller, or the page that calls for them, may not do this", false),
            new Answer(406, "NotAcceptable", "The answer has another media type than the request accepts", false),
            new Answer(429, "TooMany", "There is no room for another, or the caller has to slow down", true),
            new Answer(431, "HeadTooLarge", "The header is too large", false),
            new Answer(500, "Failed", "The service has failed", false),
            new Answer(503, "Unavailable", "The store, the provider or who decides cannot be reached", true));

    /** The refusals of calls that name a page. */
    private static final List<Answer> OF_INPUT = List.of(
            new Answer(400, "InvalidInput", "Something in the request is not valid; violations says what", false));

    /** The refusals of calls with a body. */
    private static final List<Answer> OF_BODIES = List.of(
            new Answer(408, "BodyTooSlow", "The body did not arrive in time", false),
            new Answer(413, "BodyTooLarge", "The body is too large", false),
            new Answer(415, "UnsupportedMediaType", "The body is not JSON in UTF-8", false));

    /** The refusals of calls that say what they are about in their address. */
    private static final List<Answer> OF_ADDRESSES =
            List.of(new Answer(414, "UriTooLong", "The address is too long", false));

    /** A refusal, as the components of the description name it. */
    private record Answer(int status, String name, String description, boolean hasRetryAfter) {}

    @Override
    public void filterOpenAPI(OpenAPI api) {
        api.setServers(
                List.of(OASFactory.createServer().url("/").description("The service that this description is of")));
        var components = api.getComponents();
        components.setSecuritySchemes(Map.of(BEARER, bearer(), SESSION, session()));
        components.addHeader(RETRY_AFTER, retryAfter());
        Stream.of(OF_ALL, OF_INPUT, OF_BODIES, OF_ADDRESSES)
                .flatMap(List::stream)
                .forEach(answer -> components.addResponse(answer.name(), response(answer)));
        ANSWERS.forEach(body -> require(components, body));
        enumerate(components);
        api.getPaths()
                .getPathItems()
                .forEach((path, item) ->
                        item.getOperations().forEach((method, operation) -> describe(path, method, operation)));
    }

    private static SecurityScheme bearer() {
        return OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme("bearer")
                .bearerFormat("JWT")
                .description("An access token of the identity provider, meant for this service.");
    }

    private static SecurityScheme session() {
        return OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.APIKEY)
                .in(SecurityScheme.In.COOKIE)
                .name(COOKIE)
                .description(
                        "The session that /login has made for a browser. What changes something is taken from pages of an"
                                + " allowed origin only. A large session is in several cookies, whose names begin alike.");
    }

    private static Header retryAfter() {
        return OASFactory.createHeader()
                .description("In how many seconds another try makes sense; absent where nobody knows.")
                .schema(OASFactory.createSchema().addType(SchemaType.INTEGER));
    }

    private static APIResponse response(Answer answer) {
        var response = OASFactory.createAPIResponse()
                .description(answer.description())
                .content(OASFactory.createContent()
                        .addMediaType(
                                Problem.MEDIA_TYPE,
                                OASFactory.createMediaType()
                                        .schema(OASFactory.createSchema().ref(SCHEMAS + "Problem"))));
        if (answer.hasRetryAfter()) {
            response.addHeader("Retry-After", OASFactory.createHeader().ref("#/components/headers/" + RETRY_AFTER));
        }
        return response;
    }

    private static void describe(String path, HttpMethod method, Operation operation) {
        if (!path.startsWith(API) || path.endsWith("/keys")) {
            operation.setSecurity(List.of());
            return;
        }
        operation.setSecurity(List.of(
                OASFactory.createSecurityRequirement().addScheme(BEARER),
                OASFactory.createSecurityRequirement().addScheme(SESSION)));
        add(operation, OF_ALL);
        if (!path.endsWith("/me")) {
            add(operation, OF_INPUT);
        }
        add(operation, method == HttpMethod.POST ? OF_BODIES : OF_ADDRESSES);
    }

    private static void add(Operation operation, List<Answer> answers) {
        for (var answer : answers) {
            operation
                    .getResponses()
                    .addAPIResponse(
                            String.valueOf(answer.status()),
                            OASFactory.createAPIResponse().ref("#/components/responses/" + answer.name()));
        }
    }

    /** Requires the fields that a body always has. */
    private static void require(Components components, Class<? extends Record> body) {
        var schema = schema(components, name(body));
        var required = new TreeSet<String>();
        for (var field : body.getRecordComponents()) {
            var isAbsent = field.getAnnotatedType().isAnnotationPresent(Nullable.class)
                    || field.getAccessor().isAnnotationPresent(JsonInclude.class);
            if (!isAbsent) {
                required.add(field.getName());
            }
        }
        if (!required.isEmpty()) {
            schema.setRequired(new ArrayList<>(required));
        }
    }

    private static String name(Class<?> body) {
        return body.getAnnotation(org.eclipse.microprofile.openapi.annotations.media.Schema.class)
                .name();
    }

    /** Names the types of problems, and the reasons why a lease is refused. */
    private static void enumerate(Components components) {
        var problem = requireNonNull(schema(components, "Problem").getProperties());
        enumerate(problem.get("type"), Arrays.stream(Refusal.values()).map(Problem::typeOf));
        enumerate(
                problem.get("reason"),
                Arrays.stream(LeaseRefusedException.Reason.values()).map(Problem::reasonOf));
    }

    private static Schema schema(Components components, String name) {
        return requireNonNull(
                requireNonNull(components.getSchemas()).get(name), "the description has no schema " + name);
    }

    private static void enumerate(@Nullable Schema field, Stream<String> values) {
        requireNonNull(field).setEnumeration(List.copyOf(values.toList()));
    }
}
