package dev.copresence.wiring;

import dev.copresence.access.AccessConfig;
import dev.copresence.access.RulesReader;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.config.SmallRyeConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/** The rules that the settings of access must keep. All mistakes in them stop the start at once, with a line for each that names the property. */
@ApplicationScoped
class AccessConfigRules {

    private static final String PREFIX = "copresence.access.";

    /** A property of a rule; the words of a list may each be a property too. */
    private static final Pattern OF_RULE = Pattern.compile("copresence\\.access\\.rules\\[(\\d+)]\\.\\w+(\\[\\d+])?");

    void check(
            @Observes @Priority(1) StartupEvent start,
            AccessConfig config,
            Config properties,
            TlsConfigurationRegistry tls) {
        var mistakes = mistakes(
                config,
                properties.unwrap(SmallRyeConfig.class),
                name -> tls.get(name).isPresent());
        if (!mistakes.isEmpty()) {
            throw new ConfigurationException(String.join(System.lineSeparator(), mistakes));
        }
    }

    /** The mistakes, a line for each; none if all is well. */
    static List<String> mistakes(AccessConfig config, SmallRyeConfig properties, Predicate<String> isTls) {
        var found = new Mistakes();
        checkWritten(found, properties);
        var reader = new RulesReader(config);
        found.lines.addAll(reader.mistakes());
        found.require("recheck", isBetween(config.recheck(), Duration.ofSeconds(1), Duration.ofMinutes(5)), "1s to 5m");
        found.require("groups-claim", !config.groupsClaim().isBlank(), "the name of a claim");
        checkPdp(found, config.pdp(), reader.saysAsk(), isTls);
        checkGrants(found, config.grants(), reader.saysGrant());
        return found.lines;
    }

    private static final class Mistakes {
        private final List<String> lines = new ArrayList<>();

        void require(String property, boolean holds, String rule) {
            if (!holds) {
                lines.add(PREFIX + property + " must be " + rule);
            }
        }
    }

    /** Finds what a mapping does not show: a rule that is left out, and a list of nobody, which is not the same as no list. */
    private static void checkWritten(Mistakes found, SmallRyeConfig properties) {
        Set<Integer> numbers = new TreeSet<>();
        for (var name : new TreeSet<>(names(properties))) {
            var ofRule = OF_RULE.matcher(name);
            if (ofRule.matches()) {
                numbers.add(Integer.valueOf(ofRule.group(1)));
                found.require(
                        name.substring(PREFIX.length()),
                        name.endsWith("paths") || !isEmpty(properties, name),
                        "not empty; the word for that is nobody");
            }
        }
        var next = 0;
        for (var number : numbers) {
            found.require("rules[" + next + "]", number == next, "there, since rules[" + number + "] is");
            next = number + 1;
        }
    }

    private static Set<String> names(SmallRyeConfig properties) {
        Set<String> names = new TreeSet<>();
        properties.getPropertyNames().forEach(names::add);
        return names;
    }

    private static boolean isEmpty(SmallRyeConfig properties, String name) {
        var value = properties.getConfigValue(name).getValue();
        return value == null || value.isBlank();
    }

    private static void checkPdp(Mistakes found, AccessConfig.Pdp config, boolean isAsked, Predicate<String> isTls) {
        var url = config.url().orElse(null);
        found.require("pdp.url", url != null || !isAsked, "set, since a rule says ask");
        found.require(
                "pdp.url",
                url == null || isSafe(url),
                "an https address without query, or one of http on this machine");
        found.require(
                "pdp.token",
                config.token().isEmpty() || isToken(config.token().get()),
                "one word of visible characters");
        config.tls()
                .ifPresent(name -> found.require(
                        "pdp.tls", isTls.test(name), "the name of a TLS configuration, as in quarkus.tls." + name));
        found.require(
                "pdp.timeout",
                isBetween(config.timeout(), Duration.ofMillis(10), Duration.ofSeconds(10)),
                "10ms to 10s");
        found.require(
                "pdp.remember-yes",
                isBetween(config.rememberYes(), Duration.ofSeconds(1), Duration.ofMinutes(10)),
                "1s to 10m");
        found.require(
                "pdp.remember-no", isBetween(config.rememberNo(), Duration.ZERO, Duration.ofMinutes(10)), "0s to 10m");
        found.require(
                "pdp.stale-for", isBetween(config.staleFor(), Duration.ZERO, Duration.ofMinutes(10)), "0s to 10m");
        found.require("pdp.in-flight", isBetween(config.inFlight(), 1, 1000), "1 to 1000");
        found.require("pdp.waiting", isBetween(config.waiting(), 1, 100_000), "1 to 100000");
        found.require("pdp.entries", isBetween(config.entries(), 1, 10_000_000), "1 to 10000000");
    }

    private static void checkGrants(Mistakes found, AccessConfig.Grants config, boolean isTaken) {
        var jwks = config.jwks().orElse(null);
        found.require(
                "grants.jwks",
                jwks != null || !isTaken || config.inTokenOnly(),
                "set, since a rule says grant; or copresence.access.grants.in-token-only is true");
        found.require(
                "grants.jwks",
                jwks == null || jwks.contains("://") ? jwks == null || isSafe(jwks) : Files.isReadable(Path.of(jwks)),
                "a file that can be read, an https address, or one of http on this machine");
        found.require("grants.issuers", jwks == null || config.issuers().isPresent(), "set, since grants.jwks is");
        found.require("grants.audience", !config.audience().isBlank(), "a name");
        found.require(
                "grants.longest",
                isBetween(config.longest(), Duration.ofSeconds(10), Duration.ofHours(24)),
                "10s to 24h");
    }

    /** True of an address that nobody on the way can read or change what is asked at. */
    private static boolean isSafe(String address) {
        var uri = uri(address);
        return uri != null
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null
                && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()) && isLoopback(uri.getHost()));
    }

    private static @Nullable URI uri(String address) {
        try {
            return URI.create(address);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    private static boolean isToken(String token) {
        return token.chars().allMatch(c -> c > 0x20 && c < 0x7F);
    }

    private static boolean isBetween(Duration value, Duration least, Duration most) {
        return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    }

    private static boolean isBetween(int value, int least, int most) {
        return value >= least && value <= most;
    }
}
