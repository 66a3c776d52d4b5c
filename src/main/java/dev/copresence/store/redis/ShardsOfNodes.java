package dev.copresence.store.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The masters of a cluster that have the shards, as far as is known. To be used on the event loop of the calls. */
final class ShardsOfNodes {

    private final RedisCalls redis;

    /** The address of each shard's master, {@code host:port}, of those that are known. */
    private Map<Integer, String> addresses = Map.of();

    ShardsOfNodes(RedisCalls redis) {
        this.redis = redis;
    }

    /** The address of a shard's master; null if it is not known. */
    @Nullable
    String of(int shard) {
        return addresses.get(shard);
    }

    /** Asks the cluster anew. */
    Future<Void> ask() {
        return redis.ask(Request.cmd(Command.CLUSTER).arg("SLOTS")).map(said -> {
            note(new Reply(said));
            return null;
        });
    }

    private void note(Reply ranges) {
        var found = new HashMap<Integer, String>();
        for (var i = 0; i < ranges.size(); i++) {
            var range = ranges.list(i);
            var master = range == null ? null : range.list(2);
            if (range == null
                    || master == null
                    || master.isNothing(0)
                    || master.text(0).isEmpty()) {
                continue;
            }
            var host = master.text(0);
            var address = (host.contains(":") ? "[" + host + "]" : host) + ":" + master.number(1);
            for (var shard = 0; shard < PageKeys.SHARDS; shard++) {
                var slot = PageKeys.slot(shard);
                if (range.number(0) <= slot && slot <= range.number(1)) {
                    found.put(shard, address);
                }
            }
        }
        addresses = found;
    }

    /** The options by which one node is connected, with the user and the protocol that all have. */
    RedisOptions optionsOf(RedisOptions options, String address) {
        var known = URI.create(options.getEndpoints().get(0));
        var user = known.getRawUserInfo() == null ? "" : known.getRawUserInfo() + "@";
        var query = known.getRawQuery() == null ? "" : "?" + known.getRawQuery();
        return new RedisOptions(options)
                .setType(RedisClientType.STANDALONE)
                .setEndpoints(List.of(known.getScheme() + "://" + user + address + query));
    }
}
