package dev.copresence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Redis Cluster on this machine; the first of its masters has a replica if that is to be killed. */
final class RedisNodes implements AutoCloseable {

    private static final int FIRST_PORT = 18100;
    private static final int SLOTS = 16384;

    private final List<RedisServer> masters = new ArrayList<>();
    private final List<RedisServer> all = new ArrayList<>();

    RedisNodes(int count, boolean withReplica) throws IOException {
        for (var i = 0; i < count; i++) {
            var node = start(FIRST_PORT + i);
            masters.add(node);
            node.ask("CLUSTER", "ADDSLOTSRANGE", "" + SLOTS * i / count, "" + (SLOTS * (i + 1) / count - 1));
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", "" + (i + 1));
            node.ask("CLUSTER", "MEET", "127.0.0.1", "" + FIRST_PORT);
        }
        awaitWhole();
        if (withReplica) {
            var replica = start(FIRST_PORT + count);
            replica.ask("CLUSTER", "MEET", "127.0.0.1", "" + FIRST_PORT);
            awaitWhole();
            replica.ask("CLUSTER", "REPLICATE", masters.get(0).ask("CLUSTER", "MYID"));
            await(() -> replica.info("replication", "master_link_status").startsWith("up"));
        }
    }

    private RedisServer start(int port) throws IOException {
        var folder = Files.createTempDirectory("redis-node");
        var node = new RedisServer(
                port,
                "--dir",
                folder.toString(),
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                "2000",
                "--cluster-require-full-coverage",
                "no");
        all.add(node);
        return node;
    }

    private void awaitWhole() {
        var known = "cluster_known_nodes:" + all.size();
        await(() -> all.stream()
                .map(node -> node.ask("CLUSTER", "INFO"))
                .allMatch(info -> info.contains("cluster_state:ok") && info.contains(known)));
    }

    private static void await(Condition condition) {
        for (var tries = 0; !condition.holds(); tries++) {
            if (tries == 600) {
                throw new IllegalStateException("the cluster does not come to be");
            }
            Bench.pause(Duration.ofMillis(100));
        }
    }

    private interface Condition {
        boolean holds();
    }

    /** What an instance has to be told to use it. */
    String[] settings() {
        var hosts = IntStream.range(0, masters.size())
                .mapToObj(i -> "redis://127.0.0.1:" + (FIRST_PORT + i))
                .collect(Collectors.joining(","));
        return new String[] {
            "-Dcopresence.store=redis", "-Dquarkus.redis.client-type=cluster", "-Dquarkus.redis.hosts=" + hosts
        };
    }

    List<RedisServer> masters() {
        return masters;
    }

    /** Kills the first master; from then on its replica stands for it. */
    void killTheFirst() {
        masters.get(0).close();
        masters.set(0, all.get(all.size() - 1));
    }

    @Override
    public void close() {
        all.forEach(RedisServer::close);
    }
}
