package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.copresence.http.DirectEntryTest.Call;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A permission that an operator adds to the server's own holds for every call, and closes the short way to the resources. */
@QuarkusTest
@TestProfile(OperatorsPermissionTest.Profile.class)
class OperatorsPermissionTest {

    private static final String ANYTHING = "Accept: */*";

    @Test
    void theOperatorsWordHoldsForWhoIsRememberedToo() throws IOException {
        var token = Tokens.of(Tokens.stranger("ana"));
        var me = Call.get("me", "/api/presence/me");
        var list = Call.get("a list", "/api/presence/list?pagePath=/ways");

        assertEquals(200, me.send(token, ANYTHING).status());
        assertEquals(403, list.send(token, ANYTHING).status());
        assertEquals(403, list.send(token, ANYTHING).status());
    }

    /** An operator who lets nobody have a list. */
    public static class Profile implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.http.auth.permission.mine.paths", "/api/presence/list",
                    "quarkus.http.auth.permission.mine.policy", "deny");
        }
    }
}
