package dev.copresence.wiring;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The classes of Caffeine that our caches are made of. It finds them by a name that says what a cache can do, so a native
 * executable has to be told; one that is missing here fails with its name when the cache is made.
 */
@RegisterForReflection(
        classNames = {
            // expireAfterWrite and maximumSize: credentials, endings of sessions, receipts
            "com.github.benmanes.caffeine.cache.SS",
            "com.github.benmanes.caffeine.cache.SSMS",
            "com.github.benmanes.caffeine.cache.SSMSW",
            "com.github.benmanes.caffeine.cache.PS",
            "com.github.benmanes.caffeine.cache.PSW",
            "com.github.benmanes.caffeine.cache.PSMS",
            "com.github.benmanes.caffeine.cache.PSWMS",
            // expireAfterAccess: what users may ask
            "com.github.benmanes.caffeine.cache.SSA",
            "com.github.benmanes.caffeine.cache.PSA",
            // expireAfterAccess and maximumWeight: pages of the Redis store
            "com.github.benmanes.caffeine.cache.SSMW",
            "com.github.benmanes.caffeine.cache.SSMWA",
            "com.github.benmanes.caffeine.cache.PSAMW",
            // weakKeys, expireAfterAccess and maximumWeight: encoded snapshots
            "com.github.benmanes.caffeine.cache.WS",
            "com.github.benmanes.caffeine.cache.WSMW",
            "com.github.benmanes.caffeine.cache.WSMWA",
            "com.github.benmanes.caffeine.cache.FS",
            "com.github.benmanes.caffeine.cache.FSA",
            "com.github.benmanes.caffeine.cache.FSAMW",
            // weakKeys and maximumSize: their etags
            "com.github.benmanes.caffeine.cache.WSMS",
            "com.github.benmanes.caffeine.cache.FSMS"
        })
final class CachesInNative {

    private CachesInNative() {}
}
