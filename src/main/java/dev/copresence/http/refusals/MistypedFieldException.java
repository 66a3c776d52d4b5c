package dev.copresence.http.refusals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/** The refusal of a body one of whose fields is of another JSON type than it should be. */
final class MistypedFieldException extends RefusedException {

    private static final long serialVersionUID = 1L;

    private final String field;

    /**
     * Makes the refusal of one field.
     *
     * @param field the body's own field that the bad value is, or is in
     */
    MistypedFieldException(String field, Problem.Violation violation) {
        super(List.of(violation));
        this.field = field;
    }

    /**
     * The refusal of all bad fields. Reading ends at the first field of a wrong type, so what is left of the body is read
     * again without that field, until it can be read and its constraints be looked at.
     */
    RefusedException withOthers(ObjectMapper mapper, Validator validator, JsonNode body, Class<?> type) {
        var all = new ArrayList<>(problem().violations());
        if (body instanceof ObjectNode object) {
            var mistyped = new HashSet<String>();
            var rest = object.deepCopy();
            mistyped.add(field);
            rest.remove(field);
            while (true) {
                try {
                    var value = StrictJson.read(mapper, rest, type);
                    Constraints.told(validator.validate(value)).stream()
                            .filter(violation -> !mistyped.contains(violation.field()))
                            .forEach(all::add);
                    break;
                } catch (MistypedFieldException next) {
                    all.addAll(next.problem().violations());
                    if (!mistyped.add(next.field)) {
                        break;
                    }
                    rest.remove(next.field);
                }
            }
        }
        all.sort(Comparator.comparing(Problem.Violation::field));
        return new RefusedException(all);
    }
}
