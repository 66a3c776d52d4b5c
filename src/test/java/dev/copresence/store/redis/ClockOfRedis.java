package dev.copresence.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The wall clock of a Redis, which goes on when a test moves it and, but for moments, not by itself: a small library in front of the C library adds to the time what stands in a
 * file. The Redis that the tests carry along takes no such library, so it is the one of this machine, if there is one.
 */
final class ClockOfRedis {

    private static final String SOURCE = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <fcntl.h>
            #include <stdint.h>
            #include <stdlib.h>
            #include <sys/mman.h>
            #include <sys/time.h>
            #include <time.h>

            static volatile int64_t *millis;

            __attribute__((constructor)) static void begin(void) {
              int file = open(getenv("SHIFT"), O_RDONLY);
              millis = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
            }

            static void shift(int64_t *seconds, int64_t *nanos) {
              int64_t by = *millis;
              *seconds += by / 1000;
              *nanos += by % 1000 * 1000000;
              while (*nanos < 0) { *nanos += 1000000000; --*seconds; }
              while (*nanos >= 1000000000) { *nanos -= 1000000000; ++*seconds; }
            }

            int clock_gettime(clockid_t id, struct timespec *time) {
              static int (*real)(clockid_t, struct timespec *);
              if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
              int answer = real(id, time);
              if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) {
                int64_t seconds = time->tv_sec, nanos = time->tv_nsec;
                shift(&seconds, &nanos);
                time->tv_sec = seconds;
                time->tv_nsec = nanos;
              }
              return answer;
            }

            int gettimeofday(struct timeval *time, void *zone) {
              struct timespec now;
              clock_gettime(CLOCK_REALTIME, &now);
              time->tv_sec = now.tv_sec;
              time->tv_usec = now.tv_nsec / 1000;
              return 0;
            }

            time_t time(time_t *to) {
              struct timespec now;
              clock_gettime(CLOCK_REALTIME, &now);
              if (to) *to = now.tv_sec;
              return now.tv_sec;
            }
            """;

    private final Path shift;
    private final List<String> command;
    private final long begun = System.nanoTime();
    private Duration by = Duration.ZERO;

    private ClockOfRedis(Path shift, List<String> command) {
        this.shift = shift;
        this.command = command;
        set(Duration.ZERO);
    }

    /** Nothing if this machine lacks a compiler, or a Redis that can be given a library. */
    static Optional<ClockOfRedis> find() {
        var redis = onPath("redis-server");
        var compiler = onPath("gcc");
        if (redis.isEmpty() || compiler.isEmpty()) {
            return Optional.empty();
        }
        try {
            var folder = Files.createTempDirectory("clock-of-redis");
            var source = Files.writeString(folder.resolve("shift.c"), SOURCE);
            var library = folder.resolve("shift.so");
            var shift = Files.write(folder.resolve("shift"), new byte[8]);
            var compiled = new ProcessBuilder(
                            compiler.get(),
                            "-shared",
                            "-fPIC",
                            "-O1",
                            "-o",
                            library.toString(),
                            source.toString(),
                            "-ldl")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!compiled.waitFor(60, TimeUnit.SECONDS) || compiled.exitValue() != 0) {
                return Optional.empty();
            }
            var clock = new ClockOfRedis(
                    shift, List.of("/usr/bin/env", "LD_PRELOAD=" + library, "SHIFT=" + shift, redis.get()));
            return clock.isObeyed() ? Optional.of(clock) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static Optional<String> onPath(String name) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private boolean isObeyed() {
        try (var redis = start()) {
            var before = Long.parseLong(redis.ask("EVAL", "return redis.call('TIME')[1]", "0"));
            move(Duration.ofHours(1));
            var after = Long.parseLong(redis.ask("EVAL", "return redis.call('TIME')[1]", "0"));
            set(Duration.ZERO);
            return after - before > 3500;
        }
    }

    RedisServer start() {
        return RedisServer.start(command);
    }

    void move(Duration step) {
        set(by.plus(step));
    }

    /** @param ahead of when this clock was made */
    void set(Duration ahead) {
        by = ahead;
        var shifted = ahead.minusNanos(System.nanoTime() - begun);
        try (var file = FileChannel.open(shift, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, shifted.toMillis()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
