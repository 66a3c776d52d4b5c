package dev.copresence.store.redis;

import java.util.List;

/**
 * The input of one run of a script.
 *
 * @param arguments texts, numbers and buffers
 */
record ScriptInput(List<String> keys, List<Object> arguments) {}
