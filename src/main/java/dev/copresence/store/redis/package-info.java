/** Presence in a Redis or Valkey that any number of instances share. */
@NullMarked
package dev.copresence.store.redis;

import org.jspecify.annotations.NullMarked;
