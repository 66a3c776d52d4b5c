package dev.copresence;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.util.Calendar;
import java.util.Date;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** The rooms and who may know whom. A rule that finds nothing to look at fails. */
@AnalyzeClasses(packages = "dev.copresence", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String DOMAIN = "dev.copresence";
    private static final String ACCESS = "dev.copresence.access";
    private static final String HTTP = "dev.copresence.http";
    private static final String DOOR = "dev.copresence.http.door";
    private static final String IDENTITY = "dev.copresence.http.identity";
    private static final String REFUSALS = "dev.copresence.http.refusals";
    private static final String DEMO = "dev.copresence.demo";
    private static final String MEMORY = "dev.copresence.store.memory";
    private static final String REDIS = "dev.copresence.store.redis";
    private static final String WIRING = "dev.copresence.wiring";

    @ArchTest
    static final ArchRule everyClassIsInOneOfTheRooms = classes()
            .should()
            .resideInAnyPackage(DOMAIN, ACCESS, HTTP, DOOR, IDENTITY, REFUSALS, DEMO, MEMORY, REDIS, WIRING);

    @ArchTest
    static final ArchRule roomsKnowTheDomainAndNobodyKnowsTheWiring = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.copresence..")
            .layer("domain")
            .definedBy(DOMAIN)
            .layer("access")
            .definedBy(ACCESS)
            .layer("http")
            .definedBy(HTTP)
            .layer("door")
            .definedBy(DOOR)
            .layer("identity")
            .definedBy(IDENTITY)
            .layer("refusals")
            .definedBy(REFUSALS)
            .layer("demo")
            .definedBy(DEMO)
            .layer("memory")
            .definedBy(MEMORY)
            .layer("redis")
            .definedBy(REDIS)
            .layer("wiring")
            .definedBy(WIRING)
            .whereLayer("domain")
            .mayNotAccessAnyLayer()
            .whereLayer("access")
            .mayOnlyAccessLayers("domain")
            .whereLayer("http")
            .mayOnlyAccessLayers("domain", "access", "door", "identity", "refusals")
            .whereLayer("demo")
            .mayOnlyAccessLayers("domain", "identity", "refusals")
            .whereLayer("identity")
            .mayOnlyAccessLayers("domain", "access", "door", "refusals")
            .whereLayer("door")
            .mayOnlyAccessLayers("domain", "refusals")
            .whereLayer("refusals")
            .mayOnlyAccessLayers("domain")
            .whereLayer("memory")
            .mayOnlyAccessLayers("domain")
            .whereLayer("redis")
            .mayOnlyAccessLayers("domain")
            .whereLayer("wiring")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule noRoomsKnowOneAnotherInACircle =
            slices().matching("dev.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theDomainKnowsNoHttpNoJsonAndNoStore = classes()
            .that()
            .resideInAPackage(DOMAIN)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    DOMAIN,
                    "java..",
                    "org.jspecify.annotations",
                    "com.google.errorprone.annotations..",
                    "jakarta.enterprise.context",
                    "jakarta.inject",
                    "org.eclipse.microprofile.config..",
                    "io.smallrye.config",
                    "io.smallrye.mutiny.."));

    @ArchTest
    static final ArchRule onlyTheWiringReadsAClockOfTheSystem = noClasses()
            .that()
            .resideOutsideOfPackage(WIRING)
            .should()
            .accessTargetWhere(describe("that reads a clock of the system", ArchitectureTest::readsSystemClock));

    @ArchTest
    static final ArchRule noSecretIsMadeWhenAnExecutableIsBuilt = noFields()
            .that()
            .areStatic()
            .should()
            .haveRawType(assignableTo(Random.class))
            .orShould()
            .haveRawType(IDENTITY + ".SipHash");

    @ArchTest
    static final ArchRule namesSayWhatAClassIs = noClasses()
            .should()
            .haveNameMatching(".*(Impl|Utils?|Helpers?|Managers?)(\\$.*)?")
            .orShould()
            .haveNameMatching(".*[.$]Abstract[^.$]*(\\$.*)?");

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes().should(bePartOfANullMarkedPackage());

    private static boolean readsSystemClock(JavaAccess<?> access) {
        var owner = access.getTargetOwner();
        var name = access.getTarget().getName();
        if (owner.isEquivalentTo(System.class)) {
            return Set.of("nanoTime", "currentTimeMillis").contains(name);
        }
        if (owner.isEquivalentTo(Date.class)) {
            return access.getTarget().getFullName().equals("java.util.Date.<init>()");
        }
        if (owner.isEquivalentTo(Calendar.class)) {
            return name.equals("getInstance");
        }
        return owner.getPackageName().equals("java.time")
                && (name.equals("now")
                        || owner.isEquivalentTo(Clock.class) && isSystemClock(name)
                        || owner.getSimpleName().equals("InstantSource") && name.equals("system"));
    }

    private static boolean isSystemClock(String factory) {
        return factory.startsWith("system") || factory.startsWith("tick") && !factory.equals("tick");
    }

    private static ArchCondition<JavaClass> bePartOfANullMarkedPackage() {
        return new ArchCondition<>("be part of a @NullMarked package") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                var isMarked = item.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(item, isMarked, item.getPackageName() + " of " + item.getName()));
            }
        };
    }
}
