package dev.copresence;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** The configuration as {@link PresenceConfig} tells its defaults; a test sets what it is about. */
public final class TestConfig {

    private TestConfig() {}

    /** A configuration in which nothing is set. */
    public static PresenceConfig defaults() {
        return with(Map.of());
    }

    /** A configuration in which one property is set, such as {@code copresence.ttl}. */
    public static PresenceConfig with(String property, Object value) {
        return with(Map.of(property, value.toString()));
    }

    /** A configuration in which some properties are set. One that there is not is refused. */
    public static PresenceConfig with(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(PresenceConfig.class)
                .withDefaultValues(properties)
                .build()
                .getConfigMapping(PresenceConfig.class);
    }
}
