package dev.copresence.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.access.AccessConfig;
import dev.copresence.access.AccessSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A2: which settings of access stop the start, each with a line that begins with its property. */
class AccessConfigRulesTest {

    /** Settings are written as {@code name=value; name=value}; {@code rules[} may be left out. */
    private static Map<String, String> settings(String text) {
        Map<String, String> settings = new HashMap<>();
        for (var setting : text.split(";")) {
            var name = setting.strip().split("=", 2)[0];
            settings.put(
                    name.matches("\\d.*") ? "rules[" + name : name,
                    setting.strip().split("=", 2)[1]);
        }
        return settings;
    }

    private static List<String> mistakes(Map<String, String> settings) {
        var config = AccessSettings.config(settings);
        return AccessConfigRules.mistakes(config.getConfigMapping(AccessConfig.class), config, "known"::equals);
    }

    @Test
    void theDefaultsAreFine() {
        assertEquals(List.of(), mistakes(Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0].paths=/hr/**; 0].view=group:hr; otherwise=allow",
                "0].paths=/hr/**,/legal/*/drafts/**; 0].view=group:hr; 0].edit=role:hr-author; 1].paths=/**; 1].view=users",
                "0].paths=/u/{user}/**; 0].view=self",
                "0].paths=/u/{user}/**,/x; 0].view=users; 0].edit=self",
                "0].paths=/**; 0].view=ask; pdp.url=https://pdp.example/authz",
                "0].paths=/**; 0].view=ask; pdp.url=http://localhost:8181; pdp.token=abc; pdp.tls=known",
                "0].paths=/**; 0].view=ask; pdp.url=http://[::1]:8181",
                "0].paths=/**; 0].view=ask; pdp.url=http://127.0.0.1",
                "0].paths=/**; 0].view=users; 0].names=nobody; 0].initials=role:x; 0].count=users",
                "0].paths=/**; 0].view=grant; grants.jwks=https://wiki.example/keys; grants.issuers=https://wiki.example",
                "0].paths=/**; 0].view=grant; grants.in-token-only=true",
                "0].paths=/a,/b; 0].view=users; 1].paths=/*; 1].view=nobody",
                "may-hide=role:moderator,group:x; hidden-see=names; recheck=1s",
                "0].paths[0]=/a; 0].paths[1]=/b; 0].view[0]=users"
            })
    void whatMakesSenseStarts(String settings) {
        assertEquals(List.of(), mistakes(settings(settings)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0].view=users                                                | rules[0].paths must list 1 to 20 patterns
            0].paths=/a                                                  | rules[0].view must say who may know the pages
            0].paths=a; 0].view=users                                    | rules[0].paths holds "a", which is no pattern: one starts with '/' like every path
            0].paths=/a/; 0].view=users                                  | rules[0].paths holds "/a/", which is no pattern: one is in canonical form
            0].paths=/a*; 0].view=users                                  | rules[0].paths holds "/a*", which is no pattern: one has '*' and '**' as whole segments only
            0].paths=/a/{id}; 0].view=users                              | rules[0].paths holds "/a/{id}", which is no pattern: one has braces as the segment {user} only
            0].paths=/a//b; 0].view=users                                | rules[0].paths holds "/a//b", which is no pattern: one must not have an empty
            0].paths=/a; 0].view=everybody                               | rules[0].view holds "everybody", which is none of users, nobody, self, role:…, group:…, grant and ask
            0].paths=/a; 0].view=Users                                   | rules[0].view holds "Users", which is none of
            0].paths=/a; 0].view=role:                                   | rules[0].view holds "role:", which names none
            0].paths=/a; 0].view=users; 0].edit=rolle:x                  | rules[0].edit holds "rolle:x", which is none of
            0].paths=/a; 0].view=users,nobody                            | rules[0].view holds nobody beside others
            0].paths=/a; 0].view=self                                    | rules[0].paths must hold {user}, since the rule says self
            0].paths=/u/{user}; 0].view=users                            | rules[0].paths holds {user}, but the rule does not say self of anybody
            0].paths=/u/{user}/{user}; 0].view=self                      | rules[0].paths holds "/u/{user}/{user}", which is no pattern: one has {user} once
            0].paths=/a; 0].view=users; 0].count=users                   | rules[0].names must be given where initials or count is
            0].paths=/a; 0].view=users; 0].initials=users                | rules[0].names must be given where initials or count is
            0].paths=/a; 0].view=ask                                     | pdp.url must be set, since a rule says ask
            0].paths=/a; 0].view=users; 0].edit=ask                      | pdp.url must be set, since a rule says ask
            0].paths=/a; 0].view=grant                                   | grants.jwks must be set, since a rule says grant
            0].paths=/a; 0].view=users; 1].paths=/a; 1].view=nobody      | rules[1].paths can never match
            0].paths=/**; 0].view=users; 1].paths=/a,/b/*; 1].view=users | rules[1].paths can never match
            0].paths=/a,/a/*/**; 0].view=users; 1].paths=/a/**; 1].view=users | rules[1].paths can never match
            0].paths=/a; 0].view=users; 2].paths=/b; 2].view=users       | rules[1] must be there, since rules[2] is
            1].paths=/a; 1].view=users                                   | rules[0] must be there, since rules[1] is
            0].paths=/a; 0].view=users; 0].names=                        | rules[0].names must be not empty; the word for that is nobody
            0].paths=/a; 0].view=users; 0].edit=                         | rules[0].edit must be not empty; the word for that is nobody
            pdp.url=http://pdp.example                                   | pdp.url must be an https address without query, or one of http on this machine
            pdp.url=https://pdp.example?x                                | pdp.url must be an https address
            pdp.url=https://me:pw@pdp.example                            | pdp.url must be an https address
            pdp.url=pdp.example                                          | pdp.url must be an https address
            pdp.url=https://                                             | pdp.url must be an https address
            pdp.url=http://localhost.evil.example                        | pdp.url must be an https address
            pdp.url=http://127.0.0.1.evil.example                        | pdp.url must be an https address
            pdp.token=a b                                                | pdp.token must be one word of visible characters
            pdp.tls=unknown                                              | pdp.tls must be the name of a TLS configuration
            pdp.timeout=0s                                               | pdp.timeout must be 10ms to 10s
            pdp.timeout=11s                                              | pdp.timeout must be 10ms to 10s
            pdp.remember-yes=0s                                          | pdp.remember-yes must be 1s to 10m
            pdp.remember-no=PT-1S                                        | pdp.remember-no must be 0s to 10m
            pdp.stale-for=11m                                            | pdp.stale-for must be 0s to 10m
            pdp.in-flight=0                                              | pdp.in-flight must be 1 to 1000
            pdp.waiting=0                                                | pdp.waiting must be 1 to 100000
            pdp.entries=0                                                | pdp.entries must be 1 to 10000000
            grants.jwks=/no/such/file; grants.issuers=x                  | grants.jwks must be a file that can be read
            grants.jwks=http://wiki.example/keys; grants.issuers=x       | grants.jwks must be a file that can be read, an https address
            grants.jwks=https://wiki.example/keys                        | grants.issuers must be set, since grants.jwks is
            grants.longest=1s                                            | grants.longest must be 10s to 24h
            grants.longest=25h                                           | grants.longest must be 10s to 24h
            may-hide=self                                                | may-hide must be made of users, nobody, role:… and group:… alone
            may-hide=all                                                 | may-hide holds "all", which is none of
            recheck=0s                                                   | recheck must be 1s to 5m
            """)
    void aMistakeIsOneLineThatBeginsWithItsProperty(String settings, String line) {
        var mistakes = mistakes(settings(settings));

        assertEquals(1, mistakes.size(), mistakes::toString);
        assertTrue(mistakes.get(0).startsWith("copresence.access." + line), mistakes::toString);
        assertEquals(1, mistakes.get(0).lines().count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"otherwise=maybe", "hidden-see=some", "0].veiw=users", "pdp.timeout=soon", "rules=users"})
    void whatCannotBeReadStopsTheStartByItsName(String setting) {
        var name = settings(setting).keySet().iterator().next();

        var stopped = assertThrows(RuntimeException.class, () -> mistakes(settings(setting)));

        assertTrue(stopped.getMessage().contains("copresence.access." + name), stopped.getMessage());
    }

    @Test
    void eachOfManyMistakesHasItsLine() {
        var mistakes =
                mistakes(settings("0].paths=/a*,b; 0].view=me; 1].paths=/b; 1].view=self; 2].paths=/c; 2].view=ask"));

        assertEquals(5, mistakes.size(), mistakes::toString);
    }

    @Test
    void thereAreNoMoreThanTwoHundredRulesOfTwentyPatterns() {
        var rules = IntStream.range(0, 200)
                .boxed()
                .collect(Collectors.toMap(number -> "rules[" + number + "].paths", number -> "/a/" + number));
        IntStream.range(0, 200).forEach(number -> rules.put("rules[" + number + "].view", "users"));
        assertEquals(List.of(), mistakes(rules));

        rules.put(
                "rules[0].paths",
                IntStream.range(0, 21).mapToObj(number -> "/b/" + number).collect(Collectors.joining(",")));
        assertEquals(List.of("copresence.access.rules[0].paths must list 1 to 20 patterns"), mistakes(rules));

        rules.put("rules[0].paths", "/a");
        rules.put("rules[200].paths", "/c");
        rules.put("rules[200].view", "users");
        assertEquals(List.of("copresence.access.rules must not be more than 200"), mistakes(rules));
    }
}
