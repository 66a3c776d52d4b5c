package dev.copresence.store;

import static org.awaitility.Awaitility.await;

import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A Redis Cluster of three nodes without replicas, on the loopback address. */
final class RedisCluster implements AutoCloseable {

    private static final int SLOTS = 16384;

    private final List<RedisServer> nodes = IntStream.range(0, 3)
            .mapToObj(i -> RedisServer.start(
                    "--cluster-enabled", "yes", "--cluster-config-file", newFile(), "--cluster-node-timeout", "2000"))
            .toList();

    RedisCluster() {
        for (var i = 0; i < nodes.size(); i++) {
            var first = SLOTS * i / nodes.size();
            var last = SLOTS * (i + 1) / nodes.size() - 1;
            nodes.get(i).ask("CLUSTER", "ADDSLOTSRANGE", Integer.toString(first), Integer.toString(last));
            nodes.get(i).ask("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            nodes.get(i)
                    .ask(
                            "CLUSTER",
                            "MEET",
                            "127.0.0.1",
                            Integer.toString(nodes.get(0).port()));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> nodes.stream().allMatch(RedisCluster::isWhole));
    }

    private static boolean isWhole(RedisServer node) {
        var info = node.ask("CLUSTER", "INFO");
        return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3");
    }

    RedisOptions options() {
        var options = new RedisOptions().setType(RedisClientType.CLUSTER);
        nodes.forEach(node -> options.addConnectionString(node.address()));
        return options;
    }

    void flush() {
        nodes.forEach(node -> node.ask("FLUSHALL"));
    }

    /** How many keys each node has. */
    List<Long> sizes() {
        return nodes.stream().map(node -> Long.valueOf(node.ask("DBSIZE"))).toList();
    }

    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }

    private static String newFile() {
        try {
            var folder = Files.createTempDirectory("redis-node");
            folder.toFile().deleteOnExit();
            var file = folder.resolve("nodes.conf");
            file.toFile().deleteOnExit();
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
