package dev.copresence.http.refusals;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.copresence.Text;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rules by which JSON is read and written here: what is not exactly what it should be is refused, and absent beats null. */
@Singleton
public class StrictJson implements ObjectMapperCustomizer {

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
        mapper.configure(JsonParser.Feature.STRICT_DUPLICATE_DETECTION, true);
        mapper.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        mapper.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        refuse(mapper, LogicalType.Textual, CoercionInputShape.Integer, CoercionInputShape.Float);
        refuse(mapper, LogicalType.Textual, CoercionInputShape.Boolean);
        refuse(mapper, LogicalType.Boolean, CoercionInputShape.Integer, CoercionInputShape.String);
        refuse(mapper, LogicalType.Boolean, CoercionInputShape.EmptyString);
        refuse(mapper, LogicalType.Float, CoercionInputShape.String, CoercionInputShape.EmptyString);
        refuse(mapper, LogicalType.Float, CoercionInputShape.Boolean);
        refuse(mapper, LogicalType.Integer, CoercionInputShape.String, CoercionInputShape.EmptyString);
        refuse(mapper, LogicalType.Integer, CoercionInputShape.Boolean, CoercionInputShape.Float);
        refuse(mapper, LogicalType.POJO, CoercionInputShape.EmptyString, CoercionInputShape.EmptyArray);
    }

    private static void refuse(ObjectMapper mapper, LogicalType target, CoercionInputShape... shapes) {
        for (var shape : shapes) {
            mapper.coercionConfigFor(target).setCoercion(shape, CoercionAction.Fail);
        }
    }

    /**
     * The value that {@code body} states, all of whose constraints hold.
     *
     * @throws RefusedException if it is not one JSON value of that type in well-formed UTF-8 (RFC 8259, section 8.1), or
     *     breaks a constraint; all bad fields are told together
     */
    public static <T> T read(ObjectMapper mapper, Validator validator, byte[] body, Class<T> type) {
        try {
            return Constraints.check(validator, read(mapper, body, type));
        } catch (MistypedFieldException e) {
            throw e.withOthers(mapper, validator, tree(mapper, text(body)), type);
        }
    }

    /**
     * The value that an item of a body states, all of whose constraints hold.
     *
     * @throws RefusedException if it is not a value of that type, or breaks a constraint; all bad fields are told together
     */
    public static <T> T read(ObjectMapper mapper, Validator validator, JsonNode item, Class<T> type) {
        try {
            return Constraints.check(validator, read(mapper, item, type));
        } catch (MistypedFieldException e) {
            throw e.withOthers(mapper, validator, item, type);
        }
    }

    /**
     * The value that {@code body} states, whatever its constraints are.
     *
     * @throws RefusedException if it is not one JSON value of that type in well-formed UTF-8 (RFC 8259, section 8.1)
     */
    public static <T> T read(ObjectMapper mapper, byte[] body, Class<T> type) {
        if (body.length == 0) {
            throw new RefusedException(Refusal.INVALID_INPUT, "The body is empty.");
        }
        var text = text(body);
        try {
            var value = mapper.readValue(text, type);
            if (value == null) {
                throw new RefusedException(Refusal.INVALID_INPUT, "The body is null.");
            }
            if (text.contains("\\u")) {
                checkEscapes(mapper, text);
            }
            return value;
        } catch (JsonProcessingException e) {
            throw refusal("body", e);
        } catch (IOException e) {
            throw new IllegalStateException("a string can be read", e);
        }
    }

    /** The text of a body. A replaced character may be the client's own or stand for bytes that are not UTF-8. */
    private static String text(byte[] body) {
        var text = new String(body, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') < 0) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RefusedException(Refusal.INVALID_INPUT, "The body is not UTF-8.");
        }
    }

    private static JsonNode tree(ObjectMapper mapper, String text) {
        try {
            return mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw refusal("body", e);
        }
    }

    /**
     * The value that an item of a body states, whatever its constraints are.
     *
     * @throws RefusedException if it is not a value of that type
     */
    public static <T> T read(ObjectMapper mapper, JsonNode item, Class<T> type) {
        try {
            var value = mapper.treeToValue(item, type);
            if (value == null) {
                throw new RefusedException(Refusal.INVALID_INPUT, "The item is null.");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw refusal("item", e);
        }
    }

    /** Refuses half a surrogate pair, which only an escape can bring into text that was UTF-8. */
    private static void checkEscapes(ObjectMapper mapper, String text) throws IOException {
        try (var parser = mapper.createParser(text)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if ((token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME)
                        && !Text.isWellFormed(parser.getText())) {
                    throw new RefusedException(
                            Refusal.INVALID_INPUT, "The body holds an escape of half a surrogate pair.");
                }
            }
        }
    }

    private static RefusedException refusal(String what, JsonProcessingException e) {
        if (e instanceof MismatchedInputException mismatch) {
            return mismatch(mismatch, mismatch.getTargetType());
        }
        if (e instanceof JsonMappingException mapping && e.getCause() instanceof InputCoercionException tooLarge) {
            return mismatch(mapping, tooLarge.getTargetType());
        }
        return new RefusedException(Refusal.INVALID_INPUT, fault(what, e));
    }

    private static String fault(String what, JsonProcessingException e) {
        var duplicate = String.valueOf(e.getOriginalMessage()).startsWith("Duplicate field");
        var at = e.getLocation();
        var place = at == null ? "" : " near line " + at.getLineNr() + ", column " + at.getColumnNr();
        return "The " + what + (duplicate ? " has a duplicate field" : " is not JSON") + place + ".";
    }

    private static RefusedException mismatch(JsonMappingException mismatch, @Nullable Class<?> target) {
        var field = mismatch.getPath().stream()
                .map(StrictJson::step)
                .collect(Collectors.joining("."))
                .replace(".[", "[");
        var message = "must be " + name(target);
        return field.isEmpty()
                ? new RefusedException(Refusal.INVALID_INPUT, "The body " + message + ".")
                : new MistypedFieldException(
                        String.valueOf(mismatch.getPath().get(0).getFieldName()),
                        new Problem.Violation(field, message));
    }

    private static String step(JsonMappingException.Reference step) {
        return step.getFieldName() != null ? step.getFieldName() : "[" + step.getIndex() + "]";
    }

    private static String name(@Nullable Class<?> type) {
        if (type == String.class) {
            return "a string";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == Long.class || type == long.class) {
            return "a whole number";
        }
        if (type != null && (type.isPrimitive() || Number.class.isAssignableFrom(type))) {
            return "a number";
        }
        return type != null && Iterable.class.isAssignableFrom(type) ? "an array" : "an object";
    }
}
