package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.copresence.access.AccessConfig;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import io.smallrye.config.common.utils.StringUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whether the operators' handbook has each setting, by its name and its default. */
class PresenceConfigDocumentTest {

    private static final Path HANDBOOK = Path.of("docs/operations.md");

    private static final Pattern ROW = Pattern.compile("^\\| `(copresence\\.[^`]+)` \\| (?:`([^`]*)`)? *\\| .+ \\|$");

    @Test
    void theHandbookHasEachSettingAndItsDefault() throws IOException {
        // given
        var settings = new TreeMap<String, String>();
        collect("copresence", PresenceConfig.class, settings);
        collect("copresence.access", AccessConfig.class, settings);

        // when
        var documented = Files.readAllLines(HANDBOOK).stream()
                .map(ROW::matcher)
                .filter(row -> row.matches())
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2) == null ? "" : row.group(2)));

        // then
        assertEquals(settings, new TreeMap<>(documented));
    }

    private static void collect(String prefix, Class<?> group, Map<String, String> settings) {
        for (var method : group.getDeclaredMethods()) {
            var name = method.getAnnotation(WithName.class);
            var property = prefix + "." + (name == null ? StringUtil.skewer(method.getName()) : name.value());
            if (method.getReturnType().isInterface() && method.getReturnType().getEnclosingClass() != null) {
                collect(property, method.getReturnType(), settings);
            } else {
                var value = method.getAnnotation(WithDefault.class);
                settings.put(property, value == null ? "" : value.value());
            }
        }
    }
}
