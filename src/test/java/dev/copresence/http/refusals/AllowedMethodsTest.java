package dev.copresence.http.refusals;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whether a call that is made with a wrong method is told the methods that its resource takes. */
class AllowedMethodsTest {

    @Test
    void whatIsAllowedIsWhatTheResourcesTake() {
        // given
        var taken = new TreeMap<String, TreeSet<String>>();
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.copresence").stream()
                        .filter(type -> type.isAnnotatedWith(Path.class))
                        .flatMap(type -> type.getMethods().stream())
                        .forEach(method -> collect(method, taken));

        // when
        var told = taken.keySet().stream().collect(Collectors.toMap(call -> call, Problems::allowed));

        // then
        assertTrue(taken.size() > 12, taken::toString);
        taken.forEach((call, methods) -> assertEquals(String.join(", ", methods), told.get(call), call));
    }

    private static void collect(JavaMethod method, TreeMap<String, TreeSet<String>> taken) {
        var address = path(method.getOwner())
                + "/"
                + (method.isAnnotatedWith(Path.class)
                        ? method.getAnnotationOfType(Path.class).value()
                        : "");
        var parts = address.split("/");
        var methods = new TreeSet<String>();
        if (method.isAnnotatedWith(GET.class)) {
            methods.add("GET");
            methods.add("HEAD");
        }
        if (method.isAnnotatedWith(POST.class)) {
            methods.add("POST");
        }
        if (method.isAnnotatedWith(PUT.class)) {
            methods.add("PUT");
        }
        if (!methods.isEmpty()) {
            methods.add("OPTIONS");
            taken.computeIfAbsent(parts[parts.length - 1], first -> new TreeSet<>())
                    .addAll(methods);
        }
    }

    private static String path(JavaClass type) {
        return type.getAnnotationOfType(Path.class).value();
    }
}
