package dev.copresence.http.receipts;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keys for receipts, made by another library than the service's own. */
public final class TestKeys {

    private TestKeys() {}

    /** A new key of the right curve. */
    public static ECKey key(String kid) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(kid).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The file with these keys, private parts included. */
    public static String file(JWK... keys) {
        return Stream.of(keys).map(JWK::toJSONString).collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }

    /** The file with one key, some of whose members are others; one that is empty is left out. */
    public static String fileWith(ECKey key, Map<String, Object> members) {
        var json = key.toJSONObject();
        json.putAll(members);
        json.values().removeIf(""::equals);
        return com.nimbusds.jose.util.JSONObjectUtils.toJSONString(Map.of("keys", List.of(json)));
    }
}
