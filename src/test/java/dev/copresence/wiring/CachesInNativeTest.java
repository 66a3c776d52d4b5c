package dev.copresence.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Cache;
import dev.copresence.store.redis.RedisPresenceStore;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ClientProxy;
import io.quarkus.arc.InjectableBean;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.inject.Any;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The classes that caches are made of: the executable is told of those in use. */
@QuarkusTest
class CachesInNativeTest {

    private static final String OURS = "dev.copresence.";

    private static final List<String> TOLD = List.of(
            CachesInNative.class.getAnnotation(RegisterForReflection.class).classNames());

    private final Set<String> used = new TreeSet<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    @Test
    void everyClassOfACacheThatWeHaveIsTold() throws Exception {
        for (var bean : Arc.container().beanManager().getBeans(Object.class, Any.Literal.INSTANCE)) {
            if (bean instanceof InjectableBean<?> known
                    && known.getKind() == InjectableBean.Kind.CLASS
                    && known.getBeanClass().getName().startsWith(OURS)) {
                look(Arc.container().instance(known).get());
            }
        }
        look(pagesOfRedis());

        assertTrue(used.size() >= 8, used::toString);
        var missing = new TreeSet<>(used);
        TOLD.forEach(missing::remove);
        assertEquals(Set.of(), missing);
    }

    /** The memory of pages of a store that is not there in this process. */
    private static Object pagesOfRedis() throws Exception {
        var type = Class.forName(RedisPresenceStore.class.getPackageName() + ".PageCache");
        var made = type.getDeclaredConstructor(Duration.class, InstantSource.class);
        made.setAccessible(true);
        return made.newInstance(Duration.ofSeconds(45), Clock.systemUTC());
    }

    private void look(Object found) throws IllegalAccessException {
        var value = ClientProxy.unwrap(found);
        if (value == null || !seen.add(value)) {
            return;
        }
        if (value instanceof Cache<?, ?>) {
            var cache = field(value, "cache");
            used.add(cache.getClass().getName());
            used.add(field(cache, "nodeFactory").getClass().getName());
        } else if (value instanceof Map<?, ?> map) {
            look(map.values());
        } else if (value instanceof Collection<?> items) {
            for (var item : new ArrayList<>(items)) {
                look(item);
            }
        } else if (value.getClass().getName().startsWith(OURS)) {
            for (var type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
                for (var field : type.getDeclaredFields()) {
                    look(value, field);
                }
            }
        }
    }

    private void look(Object owner, Field field) throws IllegalAccessException {
        if (!Modifier.isStatic(field.getModifiers())
                && !field.getType().isPrimitive()
                && field.getDeclaringClass().getName().startsWith(OURS)) {
            field.setAccessible(true);
            look(field.get(owner));
        }
    }

    private static Object field(Object owner, String name) throws IllegalAccessException {
        for (Class<?> type = owner.getClass(); type != null; type = type.getSuperclass()) {
            for (var field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field.get(owner);
                }
            }
        }
        throw new IllegalStateException(owner.getClass() + " has no " + name);
    }
}
