package dev.copresence;

import java.time.Duration;

/** The configuration with its defaults; a test sets what it is about. */
public record TestConfig(
        Duration ttl,
        Duration awayTtl,
        Duration leaveGrace,
        Duration heartbeatInterval,
        Duration sweepEvery,
        Store store,
        int maxListed,
        TestEditing editing,
        TestPush push,
        TestLimits limits,
        TestIdentity identity)
        implements PresenceConfig {

    public static TestConfig defaults() {
        return new TestConfig(
                Duration.ofSeconds(45),
                Duration.ofSeconds(150),
                Duration.ofSeconds(3),
                Duration.ofSeconds(15),
                Duration.ofSeconds(1),
                Store.MEMORY,
                100,
                new TestEditing(Duration.ofSeconds(60), Duration.ofMinutes(2)),
                new TestPush(Duration.ofMillis(250), Duration.ofSeconds(15)),
                new TestLimits(100, 100_000, 20, 5_000, 50, Duration.ofSeconds(10)),
                new TestIdentity("sub", Duration.ofSeconds(60)));
    }

    @Override
    public boolean demo() {
        return false;
    }

    public TestConfig withTtl(Duration ttl) {
        return new TestConfig(
                ttl,
                awayTtl,
                leaveGrace,
                heartbeatInterval,
                sweepEvery,
                store,
                maxListed,
                editing,
                push,
                limits,
                identity);
    }

    public TestConfig withAwayTtl(Duration awayTtl) {
        return new TestConfig(
                ttl,
                awayTtl,
                leaveGrace,
                heartbeatInterval,
                sweepEvery,
                store,
                maxListed,
                editing,
                push,
                limits,
                identity);
    }

    public TestConfig withLeaveGrace(Duration leaveGrace) {
        return new TestConfig(
                ttl,
                awayTtl,
                leaveGrace,
                heartbeatInterval,
                sweepEvery,
                store,
                maxListed,
                editing,
                push,
                limits,
                identity);
    }

    public TestConfig withHeartbeatInterval(Duration heartbeatInterval) {
        return new TestConfig(
                ttl,
                awayTtl,
                leaveGrace,
                heartbeatInterval,
                sweepEvery,
                store,
                maxListed,
                editing,
                push,
                limits,
                identity);
    }

    public TestConfig withMaxListed(int maxListed) {
        return new TestConfig(
                ttl,
                awayTtl,
                leaveGrace,
                heartbeatInterval,
                sweepEvery,
                store,
                maxListed,
                editing,
                push,
                limits,
                identity);
    }

    public TestConfig withEditing(Duration answerWithin, Duration keepFor) {
        return new TestConfig(
                ttl,
                awayTtl,
                leaveGrace,
                heartbeatInterval,
                sweepEvery,
                store,
                maxListed,
                new TestEditing(answerWithin, keepFor),
                push,
                limits,
                identity);
    }

    public TestConfig withPush(Duration coalesce, Duration pingEvery) {
        return new TestConfig(
                ttl,
                awayTtl,
                leaveGrace,
                heartbeatInterval,
                sweepEvery,
                store,
                maxListed,
                editing,
                new TestPush(coalesce, pingEvery),
                limits,
                identity);
    }

    public TestConfig withTabsPerUser(int tabsPerUser) {
        return with(new TestLimits(
                tabsPerUser,
                limits.tabs,
                limits.streamsPerUser,
                limits.streams,
                limits.requestsPerSecondPerUser,
                limits.bodyTimeout));
    }

    public TestConfig withTabs(int tabs) {
        return with(new TestLimits(
                limits.tabsPerUser,
                tabs,
                limits.streamsPerUser,
                limits.streams,
                limits.requestsPerSecondPerUser,
                limits.bodyTimeout));
    }

    public TestConfig withStreams(int streamsPerUser, int streams) {
        return with(new TestLimits(
                limits.tabsPerUser,
                limits.tabs,
                streamsPerUser,
                streams,
                limits.requestsPerSecondPerUser,
                limits.bodyTimeout));
    }

    private TestConfig with(TestLimits limits) {
        return new TestConfig(
                ttl,
                awayTtl,
                leaveGrace,
                heartbeatInterval,
                sweepEvery,
                store,
                maxListed,
                editing,
                push,
                limits,
                identity);
    }

    public record TestEditing(Duration answerWithin, Duration keepFor) implements Editing {}

    public record TestPush(Duration coalesce, Duration pingEvery) implements Push {}

    public record TestLimits(
            int tabsPerUser,
            int tabs,
            int streamsPerUser,
            int streams,
            int requestsPerSecondPerUser,
            Duration bodyTimeout)
            implements Limits {

        /** No store cares. */
        @Override
        public int connections() {
            return 8_000;
        }
    }

    public record TestIdentity(String userClaim, Duration verifiedCache) implements Identity {}
}
