package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;

import dev.copresence.PagePath;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A Redis Cluster of three nodes or more, on the loopback address; only the first may have a replica. */
final class RedisCluster implements AutoCloseable {

    private static final int SLOTS = 16384;

    private final List<RedisServer> nodes;

    RedisCluster() {
        this(3);
    }

    RedisCluster(int size) {
        nodes = IntStream.range(0, size).mapToObj(i -> newNode()).toList();
        for (var i = 0; i < nodes.size(); i++) {
            var first = SLOTS * i / nodes.size();
            var last = SLOTS * (i + 1) / nodes.size() - 1;
            nodes.get(i).ask("CLUSTER", "ADDSLOTSRANGE", Integer.toString(first), Integer.toString(last));
            nodes.get(i).ask("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            join(nodes.get(i));
        }
        awaitWhole(nodes);
    }

    private static RedisServer newNode() {
        return RedisServer.start(
                "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no");
    }

    private void join(RedisServer node) {
        var first = Integer.toString(nodes.get(0).port());
        node.ask("CLUSTER", "MEET", "127.0.0.1", first);
    }

    private static void awaitWhole(List<RedisServer> nodes) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> nodes.stream().allMatch(node -> {
                    var info = node.ask("CLUSTER", "INFO");
                    return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + nodes.size());
                }));
    }

    /** A node that becomes the master of the first one's slots when that one is gone, to be closed by the caller. */
    RedisServer replicaOfTheFirst() {
        var replica = newNode();
        join(replica);
        awaitWhole(Stream.concat(nodes.stream(), Stream.of(replica)).toList());
        replica.ask("CLUSTER", "REPLICATE", nodes.get(0).ask("CLUSTER", "MYID"));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> replica.ask("INFO", "replication").contains("master_link_status:up"));
        return replica;
    }

    /** The nodes, in the order in which clients are told of them. */
    List<RedisServer> nodes() {
        return nodes;
    }

    /** Which of the nodes, from 0 on, has a page. */
    int nodeOf(PagePath page) {
        var slot = Integer.parseInt(nodes.get(0).ask("CLUSTER", "KEYSLOT", new PageKeys(page).channel()));
        return IntStream.range(0, nodes.size())
                .filter(i -> slot < SLOTS * (i + 1) / nodes.size())
                .findFirst()
                .orElseThrow();
    }

    /** Moves the slot of a shard, with its keys, to the next node. */
    void moveShard(int shard) {
        var slot = Integer.toString(PageKeys.slot(shard));
        var from = nodes.get(PageKeys.slot(shard) * nodes.size() / SLOTS);
        var to = nodes.get((nodes.indexOf(from) + 1) % nodes.size());
        to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", from.ask("CLUSTER", "MYID"));
        from.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to.ask("CLUSTER", "MYID"));
        var anyKey = "return redis.call('KEYS', ARGV[1])[1] or ''";
        var pattern = PageKeys.TAGS.get(shard) + "*";
        for (var key = from.ask("EVAL", anyKey, "0", pattern);
                !key.isEmpty();
                key = from.ask("EVAL", anyKey, "0", pattern)) {
            from.ask("MIGRATE", "127.0.0.1", Integer.toString(to.port()), key, "0", "5000");
        }
        var owner = to.ask("CLUSTER", "MYID");
        to.ask("CLUSTER", "SETSLOT", slot, "NODE", owner);
        nodes.forEach(node -> node.ask("CLUSTER", "SETSLOT", slot, "NODE", owner));
    }

    RedisOptions options() {
        return options("");
    }

    /** @param user name and password as they stand in an address, with what divides them from the rest */
    RedisOptions options(String user) {
        var options = new RedisOptions().setType(RedisClientType.CLUSTER);
        nodes.forEach(node -> options.addConnectionString("redis://" + user + "127.0.0.1:" + node.port()));
        return options;
    }

    void flush() {
        nodes.forEach(node -> node.ask("FLUSHALL"));
    }

    /** The number of keys that each node has. */
    List<Long> sizes() {
        return nodes.stream().map(node -> Long.valueOf(node.ask("DBSIZE"))).toList();
    }

    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }
}
