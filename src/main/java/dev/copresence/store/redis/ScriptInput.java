package dev.copresence.store.redis;

import java.util.List;

/**
 * What one run of a script is given.
 *
 * @param arguments texts, numbers and buffers
 */
record ScriptInput(List<String> keys, List<Object> arguments) {}
