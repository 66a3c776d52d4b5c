package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests, read as strictly as an API server validates them, and whether they fit one another. */
class KubernetesTest {

    private static final Path MANIFESTS = Path.of("src/main/kubernetes");
    private static final Path BASE = MANIFESTS.resolve("base");

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.ofEntries(
            Map.entry("v1 Namespace", Namespace.class),
            Map.entry("v1 ServiceAccount", ServiceAccount.class),
            Map.entry("v1 ConfigMap", ConfigMap.class),
            Map.entry("v1 Secret", Secret.class),
            Map.entry("v1 Service", Service.class),
            Map.entry("apps/v1 Deployment", Deployment.class),
            Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
            Map.entry("networking.k8s.io/v1 Ingress", Ingress.class),
            Map.entry("autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("gateway.networking.k8s.io/v1 HTTPRoute", HTTPRoute.class),
            Map.entry("monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class));

    /** What a kustomization may say here; whoever uses more of it teaches the test about it. */
    private static final Set<String> KUSTOMIZATION =
            Set.of("apiVersion", "kind", "namespace", "resources", "patches", "components", "images");

    /** What {@code #} switches off in an overlay, for whoever wants it. */
    private static final Pattern HINT = Pattern.compile("^# (?=components:|  - )", Pattern.MULTILINE);

    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .setAnnotationIntrospector(new NothingElse());

    private final Deployment deployment = base(Deployment.class);
    private final Container container =
            deployment.getSpec().getTemplate().getSpec().getContainers().get(0);

    // --- Each file

    @ParameterizedTest
    @MethodSource("manifests")
    void aManifestHasOnlyWhatItsKindHas(Path file) {
        assertFalse(read(file).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void aKustomizationNamesWhatIsThere(Path file) throws IOException {
        assertNamesWhatIsThere(file, YAML.readTree(file.toFile()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "redis"})
    void theHintsOfAnOverlayCanBeFollowed(String overlay) throws IOException {
        var file = MANIFESTS.resolve("overlays").resolve(overlay).resolve("kustomization.yaml");

        var followed = YAML.readTree(HINT.matcher(Files.readString(file)).replaceAll(""));

        assertNamesWhatIsThere(file, followed);
        try (var components = Files.list(MANIFESTS.resolve("components"))) {
            assertEquals(
                    components
                            .map(folder -> "../../components/" + folder.getFileName())
                            .collect(Collectors.toSet()),
                    texts(followed.path("components")).collect(Collectors.toSet()));
        }
    }

    private static void assertNamesWhatIsThere(Path file, JsonNode kustomization) {
        kustomization.fieldNames().forEachRemaining(name -> assertTrue(KUSTOMIZATION.contains(name), name));
        var named = named(kustomization).map(file::resolveSibling).toList();
        assertFalse(named.isEmpty());
        for (var path : named) {
            var read = Files.isDirectory(path) ? path.resolve("kustomization.yaml") : path;
            assertTrue(Files.isRegularFile(read), read::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void everyManifestIsPartOfItsKustomizationOrAnExample(Path file) throws IOException {
        var named = named(YAML.readTree(file.toFile())).collect(Collectors.toSet());
        try (var beside = Files.list(file.getParent())) {
            beside.map(other -> other.getFileName().toString())
                    .filter(name -> !name.equals("kustomization.yaml") && !name.contains(".example."))
                    .forEach(name -> assertTrue(named.contains(name), name + " is applied by nobody"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{apiVersion: apps/v1, kind: Deployment, spec: {replica: 1}}",
                "{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: "
                        + "[{securityContext: {readOnlyRootFileSystem: true}}]}}}}",
                "{apiVersion: v1, kind: Service, spec: {ports: [{port: 80, targetport: http}]}}",
                "{apiVersion: policy/v1, kind: PodDisruptionBudget, spec: {maxUnavailable: 1, maxUnavailable: 2}}",
                "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, spec: {rules: [{timeout: 0s}]}}"
            })
    void aManifestWithAnythingElseIsRefused(String manifest) {
        assertThrows(IOException.class, () -> typed(YAML.readTree(manifest)));
    }

    // --- Whether they fit one another

    @Test
    void selectorsFindThePodsAndNameNoVersion() {
        var labels = deployment.getSpec().getTemplate().getMetadata().getLabels();

        var selectors = new ArrayList<Map<String, String>>();
        selectors.add(deployment.getSpec().getSelector().getMatchLabels());
        all(Service.class).forEach(service -> selectors.add(service.getSpec().getSelector()));
        all(NetworkPolicy.class)
                .forEach(policy ->
                        selectors.add(policy.getSpec().getPodSelector().getMatchLabels()));
        all(PodDisruptionBudget.class)
                .forEach(budget -> selectors.add(budget.getSpec().getSelector().getMatchLabels()));
        all(Deployment.class).forEach(patch -> {
            if (patch.getSpec().getTemplate() != null) {
                patch.getSpec()
                        .getTemplate()
                        .getSpec()
                        .getTopologySpreadConstraints()
                        .forEach(spread ->
                                selectors.add(spread.getLabelSelector().getMatchLabels()));
            }
        });
        for (var selector : selectors) {
            assertEquals(Map.of("app.kubernetes.io/name", "copresence"), selector);
            assertTrue(labels.entrySet().containsAll(selector.entrySet()));
        }
    }

    @Test
    void servicesAndProbesNameThePortsOfTheContainer() {
        var ports = container.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
        assertEquals(Map.of("http", 8080, "management", 9000), ports);

        for (var service : all(Service.class)) {
            for (var port : service.getSpec().getPorts()) {
                assertTrue(ports.containsKey(port.getTargetPort().getStrVal()), port::toString);
            }
        }
        var probes = List.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe());
        assertEquals(
                List.of("/q/health/started", "/q/health/live", "/q/health/ready"),
                probes.stream().map(probe -> probe.getHttpGet().getPath()).toList());
        assertEquals(
                Set.of("management"), probes.stream().map(KubernetesTest::port).collect(Collectors.toSet()));
    }

    @Test
    void proxiesAndPrometheusNameServicesAndPortsThatAreThere() {
        var services = all(Service.class).stream().collect(Collectors.toMap(KubernetesTest::name, Function.identity()));

        for (var ingress : all(Ingress.class)) {
            var backend = ingress.getSpec()
                    .getRules()
                    .get(0)
                    .getHttp()
                    .getPaths()
                    .get(0)
                    .getBackend();
            var service = services.get(backend.getService().getName());
            assertTrue(ports(service, ServicePort::getName)
                    .contains(backend.getService().getPort().getName()));
        }
        for (var route : all(HTTPRoute.class)) {
            for (var rule : route.getSpec().getRules()) {
                for (var backend : rule.getBackendRefs()) {
                    assertTrue(ports(services.get(backend.getName()), ServicePort::getPort)
                            .contains(backend.getPort()));
                }
            }
        }
        for (var monitor : all(ServiceMonitor.class)) {
            var wanted = monitor.getSpec().getSelector().getMatchLabels();
            var found = services.values().stream()
                    .filter(service ->
                            service.getMetadata().getLabels().entrySet().containsAll(wanted.entrySet()))
                    .toList();
            assertEquals(
                    List.of("copresence-management"),
                    found.stream().map(KubernetesTest::name).toList());
            assertTrue(ports(found.get(0), ServicePort::getName)
                    .contains(monitor.getSpec().getEndpoints().get(0).getPort()));
        }
        for (var scaler : all(HorizontalPodAutoscaler.class)) {
            assertEquals(name(deployment), scaler.getSpec().getScaleTargetRef().getName());
        }
    }

    @Test
    void theContainerGetsWhatItNeedsFromNamesThatAreThere() {
        var sources = container.getEnvFrom();

        assertEquals(
                name(base(ConfigMap.class)), sources.get(0).getConfigMapRef().getName());
        assertEquals(name(base(Secret.class)), sources.get(1).getSecretRef().getName());
        assertEquals(
                name(base(ServiceAccount.class)),
                deployment.getSpec().getTemplate().getSpec().getServiceAccountName());
    }

    @Test
    void thePodIsAsTheRestrictedStandardWantsIt() {
        var pod = deployment.getSpec().getTemplate().getSpec();

        assertTrue(pod.getSecurityContext().getRunAsNonRoot());
        assertEquals(
                "RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
        assertFalse(pod.getAutomountServiceAccountToken());
        assertFalse(container.getSecurityContext().getAllowPrivilegeEscalation());
        assertTrue(container.getSecurityContext().getReadOnlyRootFilesystem());
        assertEquals(
                List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
        assertEquals(
                "restricted",
                base(Namespace.class).getMetadata().getLabels().get("pod-security.kubernetes.io/enforce"));
    }

    @Test
    void aPodIsGivenTheTimeThatItTakesToStop() { // L4
        var settings = base(ConfigMap.class).getData();

        var pause = container.getLifecycle().getPreStop().getSleep().getSeconds();
        var delay = seconds(settings.get("QUARKUS_SHUTDOWN_DELAY"));
        var timeout = seconds(settings.get("QUARKUS_SHUTDOWN_TIMEOUT"));
        var grace = deployment.getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds();
        assertTrue(grace >= pause + delay + timeout + 5);
    }

    @Test
    void forwardedHeadersAreBelievedOfNamedProxiesAloneAndNobodyElseIsLetIn() {
        for (var map : all(ConfigMap.class)) {
            var forwarded = map.getData().keySet().stream()
                    .filter(name -> name.startsWith("QUARKUS_HTTP_PROXY_"))
                    .collect(Collectors.toSet());
            assertTrue(forwarded.isEmpty() || forwarded.contains("QUARKUS_HTTP_PROXY_TRUSTED_PROXIES"), map::toString);
        }
        for (var policy : all(NetworkPolicy.class)) {
            for (var way : policy.getSpec().getIngress()) {
                assertFalse(way.getFrom().isEmpty(), policy::toString);
            }
        }
    }

    @Test
    void aStreamHasNoTimeout() { // S5
        var stream = only(HTTPRoute.class).getSpec().getRules().stream()
                .filter(rule -> rule.getMatches().get(0).getPath().getValue().equals("/api/presence/stream"))
                .toList();

        assertEquals("0s", stream.get(0).getTimeouts().getRequest());
    }

    // --- Reading

    static Stream<Path> manifests() throws IOException {
        return files().filter(file -> !isKustomization(file));
    }

    static Stream<Path> kustomizations() throws IOException {
        return files().filter(KubernetesTest::isKustomization);
    }

    private static boolean isKustomization(Path file) {
        return file.endsWith("kustomization.yaml");
    }

    private static Stream<Path> files() throws IOException {
        try (var tree = Files.walk(MANIFESTS)) {
            return tree.filter(Files::isRegularFile).sorted().toList().stream();
        }
    }

    private static List<HasMetadata> read(Path file) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            var all = new ArrayList<HasMetadata>();
            while (documents.hasNext()) {
                all.add(typed(documents.next()));
            }
            return all;
        } catch (IOException e) {
            throw new AssertionError(file + ": " + e.getMessage(), e);
        }
    }

    /** The document as a type of Kubernetes, which has nothing that the type does not know. */
    static HasMetadata typed(JsonNode document) throws IOException {
        var kind = document.path("apiVersion").asText() + " "
                + document.path("kind").asText();
        var type = KINDS.get(kind);
        if (type == null) {
            throw JsonMappingException.from((JsonParser) null, "no type is known for " + kind);
        }
        return YAML.treeToValue(document, type);
    }

    private static <T extends HasMetadata> List<T> all(Class<T> kind) {
        try {
            return manifests()
                    .flatMap(file -> read(file).stream())
                    .filter(kind::isInstance)
                    .map(kind::cast)
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The first of its kind. */
    private static <T extends HasMetadata> T only(Class<T> kind) {
        return all(kind).get(0);
    }

    private static <T extends HasMetadata> T base(Class<T> kind) {
        try (var folder = Files.list(BASE)) {
            return folder.filter(file -> !isKustomization(file))
                    .flatMap(file -> read(file).stream())
                    .filter(kind::isInstance)
                    .map(kind::cast)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<String> named(JsonNode kustomization) {
        return Stream.of("resources", "patches", "components").flatMap(part -> texts(kustomization.path(part)));
    }

    private static Stream<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(item ->
                        item.isTextual() ? item.asText() : item.path("path").asText());
    }

    private static String name(HasMetadata object) {
        return object.getMetadata().getName();
    }

    private static <T> List<T> ports(Service service, Function<ServicePort, T> part) {
        return service.getSpec().getPorts().stream().map(part).toList();
    }

    private static String port(Probe probe) {
        return probe.getHttpGet().getPort().getStrVal();
    }

    private static long seconds(String duration) {
        return Duration.parse("PT" + duration).toSeconds();
    }

    /** The types keep what they do not know, for newer servers; here there is nothing newer. */
    private static final class NothingElse extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }
    }
}
