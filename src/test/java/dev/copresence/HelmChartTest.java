package dev.copresence;

import static dev.copresence.KubernetesTest.YAML;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Helm chart, linted and rendered by Helm itself, and whether it says in essentials what the manifests beside it say. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class HelmChartTest {

    private static final Path CHART = Path.of("deploy/helm/copresence");
    private static final Path MANIFESTS = Path.of("src/main/kubernetes");

    /** The labels that Helm's conventions add. */
    private static final List<String> OF_HELM = List.of(
            "app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart");

    private static final Map<String, String> ISSUER =
            Map.of("oidc.authServerUrl", "https://sso.example.org/realms/main");

    @Test
    void helmFindsNothingToComplainOf() {
        var result = new Helm(CHART).lint().call();

        assertFalse(result.isFailed(), result.getMessages()::toString);
        // Nobody has said who the provider is, which an icon and a rendering would both want.
        assertTrue(
                result.getMessages().stream().noneMatch(message -> message.contains("[WARNING]")),
                result.getMessages()::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "redis"})
    void whatItRendersHasOnlyWhatItsKindsHave(String store) throws IOException {
        for (var document : render(everything(store)).values()) {
            HasMetadata typed = KubernetesTest.typed(document);
            assertTrue(typed.getMetadata().getName().startsWith("copresence"), document::toString);
        }
    }

    @Test
    void itsPodIsThatOfTheManifests() throws IOException {
        var pod = render(ISSUER).get("Deployment copresence").at("/spec/template/spec");

        var other = manifest("base/deployment.yaml").at("/spec/template/spec");
        ((ObjectNode) pod.at("/containers/0")).remove("image");
        ((ObjectNode) other.at("/containers/0")).remove("image");
        assertEquals(other, pod);
    }

    @Test
    void itsInstancesOverRedisSpreadAndScaleAsThoseOfTheManifests() throws IOException {
        var rendered = render(everything("redis"));

        var deployment = manifest("overlays/redis/deployment.yaml");
        assertEquals(
                deployment.at("/spec/strategy"),
                rendered.get("Deployment copresence").at("/spec/strategy"));
        assertEquals(
                deployment.at("/spec/template/spec/topologySpreadConstraints"),
                rendered.get("Deployment copresence").at("/spec/template/spec/topologySpreadConstraints"));
        assertEquals(
                manifest("overlays/redis/horizontalpodautoscaler.yaml").path("spec"),
                rendered.get("HorizontalPodAutoscaler copresence").path("spec"));
        assertEquals(
                manifest("overlays/redis/poddisruptionbudget.yaml").path("spec"),
                rendered.get("PodDisruptionBudget copresence").path("spec"));
    }

    @Test
    void itsServicesAndWaysInAreThoseOfTheManifests() throws IOException {
        var rendered = render(everything("memory"));

        for (var service : manifests("base/service.yaml")) {
            assertEquals(
                    service.path("spec"),
                    rendered.get("Service " + service.at("/metadata/name").asText())
                            .path("spec"));
        }
        assertEquals(
                manifest("components/ingress/ingress.yaml").path("spec"),
                rendered.get("Ingress copresence").path("spec"));
        assertEquals(
                manifest("components/httproute/httproute.yaml").path("spec"),
                rendered.get("HTTPRoute copresence").path("spec"));
        assertEquals(
                manifest("components/servicemonitor/servicemonitor.yaml").path("spec"),
                rendered.get("ServiceMonitor copresence").path("spec"));
    }

    @Test
    void itsPolicyOpensWhatThoseOfTheManifestsOpenTogether() throws IOException {
        var policy = render(everything("redis")).get("NetworkPolicy copresence").path("spec");

        for (var part : List.of(
                "base/networkpolicy.yaml",
                "overlays/redis/networkpolicy.yaml",
                "components/ingress/networkpolicy.yaml",
                "components/tracing/networkpolicy.yaml")) {
            var spec = manifest(part).path("spec");
            for (var way : List.of("ingress", "egress")) {
                spec.path(way)
                        .forEach(rule -> assertTrue(items(policy.path(way)).contains(rule), part + ": " + rule));
            }
        }
    }

    @Test
    void itsSettingsAreThoseOfTheManifests() throws IOException {
        var settings = render(everything("redis")).get("ConfigMap copresence").path("data");

        for (var file : List.of(
                "base/configmap.yaml",
                "overlays/redis/configmap.yaml",
                "components/ingress/configmap.yaml",
                "components/tracing/configmap.yaml")) {
            manifest(file)
                    .path("data")
                    .properties()
                    .forEach(setting -> assertEquals(
                            setting.getValue().asText(),
                            settings.path(setting.getKey()).asText(),
                            setting.getKey()));
        }
    }

    @Test
    void aSettingOfOnesOwnIsOneMore() throws IOException {
        var values = new TreeMap<>(ISSUER);
        values.put("config.COPRESENCE_TTL", "30s");

        assertEquals(
                "30s",
                render(values)
                        .get("ConfigMap copresence")
                        .at("/data/COPRESENCE_TTL")
                        .asText());
    }

    @Test
    void withoutAnIssuerNothingIsRendered() {
        var failure = assertThrows(RuntimeException.class, () -> render(Map.of()));

        assertTrue(String.valueOf(failure.getMessage()).contains("oidc.authServerUrl"), failure::toString);
    }

    private static Map<String, String> everything(String store) {
        var values = new TreeMap<>(ISSUER);
        values.put("store", store);
        for (var part : Set.of("ingress", "httpRoute", "serviceMonitor", "tracing")) {
            values.put(part + ".enabled", "true");
        }
        return values;
    }

    /** What Helm renders, by kind and name, without the labels of Helm's own. */
    private static Map<String, JsonNode> render(Map<String, String> values) throws IOException {
        var template =
                new Helm(chartForAnyServer()).template().withName("copresence").withNamespace("copresence");
        values.forEach(template::set);
        var rendered = new TreeMap<String, JsonNode>();
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(template.call())) {
            while (documents.hasNext()) {
                var document = documents.next();
                if (document.isObject()) {
                    strip(document);
                    rendered.put(
                            document.path("kind").asText() + " "
                                    + document.at("/metadata/name").asText(),
                            document);
                }
            }
        }
        return rendered;
    }

    /** The chart without the version of Kubernetes that it asks for: this Helm takes itself for one with an older server. */
    private static Path chartForAnyServer() throws IOException {
        var copy = Files.createTempDirectory(Path.of("target"), "chart");
        try (var files = Files.walk(CHART)) {
            for (var file : files.toList()) {
                var to = copy.resolve(CHART.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.writeString(to, Files.readString(file).replaceAll("(?m)^kubeVersion:.*$", ""));
                }
            }
        }
        return copy;
    }

    private static void strip(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(OF_HELM);
        }
        node.forEach(HelmChartTest::strip);
    }

    private static JsonNode manifest(String file) throws IOException {
        return manifests(file).get(0);
    }

    private static List<JsonNode> manifests(String file) throws IOException {
        try (var documents =
                YAML.readerFor(JsonNode.class).<JsonNode>readValues(Files.readString(MANIFESTS.resolve(file)))) {
            return documents.readAll();
        }
    }

    private static List<JsonNode> items(JsonNode list) {
        var items = new ArrayList<JsonNode>();
        list.forEach(items::add);
        return items;
    }
}
