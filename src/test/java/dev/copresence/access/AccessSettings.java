package dev.copresence.access;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** The settings of access as {@link AccessConfig} tells their defaults; a test sets what it is about. */
public final class AccessSettings {

    private AccessSettings() {}

    /** The settings in which some properties are set, each without its {@code copresence.access.}. */
    public static AccessConfig of(Map<String, String> properties) {
        return config(properties).getConfigMapping(AccessConfig.class);
    }

    /** The settings in which some properties are set, a name and a value at a time. */
    public static AccessConfig of(String... properties) {
        return of(map(properties));
    }

    /** The configuration that these settings are in. */
    public static SmallRyeConfig config(Map<String, String> properties) {
        Map<String, String> named = new HashMap<>();
        properties.forEach((name, value) -> named.put("copresence.access." + name, value));
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(AccessConfig.class)
                .withDefaultValues(named)
                .build();
    }

    /** Access by these settings, without anybody who could be asked. */
    public static Access access(AccessConfig config) {
        return new Access(
                config,
                new FakePoint(),
                InstantSource.fixed(Instant.EPOCH),
                InstantSource.fixed(Instant.EPOCH),
                Duration.ZERO);
    }

    /** Names and values, one after the other, as a map. */
    public static Map<String, String> map(String... properties) {
        Map<String, String> map = new HashMap<>();
        for (var at = 0; at < properties.length; at += 2) {
            map.put(properties[at], properties[at + 1]);
        }
        return map;
    }
}
