package dev.copresence.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.TestConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether limits fit a memory, and the defaults that of the manifests. */
class MemoryNeedTest {

    private static final long MIB = 1 << 20;

    @Test
    void theDefaultsFitTheHeapThatTheManifestsGiveTheExecutable() throws IOException {
        var container = number("src/main/kubernetes/base/deployment.yaml", "limits:\\s+memory: (\\d+)Mi") * MIB;
        var percent = number("src/main/docker/Dockerfile.native-micro", "MaximumHeapSizePercent=(\\d+)");
        var direct = number("src/main/docker/Dockerfile.native-micro", "MaxDirectMemorySize=(\\d+)m") * MIB;

        assertTrue(
                need(Map.of()).fits(container * percent / 100),
                () -> "" + need(Map.of()).bytes());
        assertTrue(container * percent / 100 + direct + 80 * MIB <= container, "heap, buffers and the executable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tabs", "streams", "connections"})
    void eachLimitThatIsRaisedTakesMore(String limit) {
        var more = need(Map.of("copresence.limits." + limit, "1000000"));

        assertFalse(more.fits(384 * MIB));
        var warning = more.warning(384 * MIB);
        assertTrue(warning.contains(limit + "=1000000"), warning);
        assertTrue(warning.contains("402 MB"), warning);
        assertEquals(1, warning.lines().count());
    }

    @Test
    void tabsInRedisTakeNoHeap() {
        var many = Map.of("copresence.limits.tabs", "1000000");
        var redis = Map.of("copresence.limits.tabs", "1000000", "copresence.store", "redis");

        assertFalse(need(many).fits(192 * MIB));
        assertTrue(need(redis).fits(192 * MIB));
    }

    private static MemoryNeed need(Map<String, String> settings) {
        var config = TestConfig.with(settings);
        return new MemoryNeed(config.store(), config.limits());
    }

    private static long number(String file, String pattern) throws IOException {
        var found = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
        assertTrue(found.find(), pattern);
        return Long.parseLong(found.group(1));
    }
}
