package dev.copresence.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The settings of who may see what, all under {@code copresence.access.}; {@link Rules} says what they mean. */
@ConfigMapping(prefix = "copresence.access")
public interface AccessConfig {

    /** The rules, read from the top: the first of which a pattern matches the page decides, alone. */
    List<Rule> rules();

    /** The answer for a page that no rule is about: {@code allow} or {@code deny}. Without rules it is {@code allow}, with some {@code deny}. */
    Optional<Otherwise> otherwise();

    /** The claim of the token that lists a user's groups. */
    @WithDefault("groups")
    String groupsClaim();

    /** The time after which what goes on without calls, a stream, is decided anew. */
    @WithDefault("30s")
    Duration recheck();

    /** The words for those who may be on pages without being shown there. */
    @WithDefault("nobody")
    List<String> mayHide();

    /** The most that somebody sees who hides: {@code names}, {@code initials}, {@code count} or {@code none}. */
    @WithDefault("count")
    Level hiddenSee();

    /** The settings of the decision point: the application, or whoever decides for it. */
    Pdp pdp();

    /** The settings of grants, which the application signs. */
    Grants grants();

    /** The answers where no rule has one. */
    enum Otherwise {
        /** Everybody with an identity sees and may edit the page. */
        ALLOW,

        /** The page is there for nobody. */
        DENY
    }

    /** A rule: for which pages it is, and who may what on them. */
    interface Rule {

        /** The patterns of the pages that the rule is for. */
        Optional<List<String>> paths();

        /** The words for those who may know the page. */
        Optional<List<String>> view();

        /** The words for those who see names. */
        Optional<List<String>> names();

        /** The words for those who see initials. */
        Optional<List<String>> initials();

        /** The words for those who see how many people are there. */
        Optional<List<String>> count();

        /** The words for those who may edit. */
        Optional<List<String>> edit();
    }

    /** A decision point that speaks the Authorization API 1.0 of AuthZEN. */
    interface Pdp {

        /** The address below which {@code /access/v1/evaluations} is. */
        Optional<String> url();

        /** The bearer token that questions are sent with. */
        Optional<String> token();

        /** The name of the TLS configuration, {@code quarkus.tls.<name>.*}, that says whom to trust and which certificate to show. */
        Optional<String> tls();

        /** The time within which a question has to be answered. */
        @WithDefault("1s")
        Duration timeout();

        /** The time for which an answer is good that opens the page. */
        @WithDefault("30s")
        Duration rememberYes();

        /** The time for which an answer is good that does not. */
        @WithDefault("5s")
        Duration rememberNo();

        /** The time for which a page stays open after that to those it was open to, while nobody answers. */
        @WithDefault("60s")
        Duration staleFor();

        /** The most requests under way. */
        @WithDefault("64")
        int inFlight();

        /** The most questions that wait until fewer are under way. */
        @WithDefault("1000")
        int waiting();

        /** The most answers that are remembered, of a caller and a page each. */
        @WithDefault("100000")
        int entries();
    }

    /** The grants that are taken: by whom they are signed, for whom, and for how long. */
    interface Grants {

        /** The file with the public keys, a JWKS, or its address. */
        Optional<String> jwks();

        /** The issuers whose grants are taken. */
        Optional<List<String>> issuers();

        /** The audience that a grant has to name. */
        @WithDefault("copresence")
        String audience();

        /** The longest time from now until a grant ends. */
        @WithDefault("10m")
        Duration longest();

        /** True if grants come in the access token alone, whose keys the identity provider has: the header is then not read. */
        @WithName("in-token-only")
        @WithDefault("false")
        boolean inTokenOnly();
    }
}
