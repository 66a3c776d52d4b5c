package dev.copresence.store.redis;

import dev.copresence.PresenceConfig;
import io.vertx.redis.client.RedisOptions;
import java.time.InstantSource;
import java.util.Arrays;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Redis for the tests of a class, empty when each begins, and the stores that they open on it. */
final class FreshRedis implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private RedisServer server;
    private RedisStores stores;

    @Override
    public void beforeAll(ExtensionContext tests) {
        server = RedisServer.start();
        stores = new RedisStores();
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        server.ask("FLUSHALL");
    }

    @Override
    public void afterEach(ExtensionContext test) {
        stores.closeStores();
    }

    @Override
    public void afterAll(ExtensionContext tests) {
        stores.close();
        server.close();
    }

    RedisServer server() {
        return server;
    }

    /** Asks the server on a connection of its own, see {@link RedisServer#ask}. */
    String ask(String... command) {
        return server.ask(command);
    }

    /** A store that has found the server. */
    RedisPresenceStore open(PresenceConfig config, InstantSource clock) {
        return open(config, clock, server.address());
    }

    /** A store that has found the server by this address. */
    RedisPresenceStore open(PresenceConfig config, InstantSource clock, String address) {
        return stores.open(config, clock, new RedisOptions().setConnectionString(address));
    }

    /** The number of scripts that the server has run for {@code calls}. */
    long scriptsOf(Runnable calls) {
        var before = scripts();
        calls.run();
        return scripts() - before;
    }

    private long scripts() {
        return Arrays.stream(ask("INFO", "commandstats").split("[\r\n]+"))
                .filter(line -> line.startsWith("cmdstat_eval"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^:]*:calls=(\\d+),.*", "$1")))
                .sum();
    }
}
