package dev.copresence.store.redis;

import io.vertx.core.Future;
import java.util.List;

/** A way to run scripts that answer with a list. */
interface ScriptRunner {

    /** Runs a script, see {@link RedisCalls#run}. */
    Future<Reply> run(Script script, List<String> keys, List<?> arguments);
}
