package io.pramd.daemon;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.pramd.client.WarmState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the borders between modules and packages, for the production code of all three modules. */
class ArchitectureTest {

    /** In this order: a package may import from those before it, never from those behind it. */
    private static final List<String> DAEMON_PACKAGES =
            List.of(
                    "layout",
                    "memory",
                    "quota",
                    "settings",
                    "access",
                    "node",
                    "recovery",
                    "server",
                    "admin",
                    "life",
                    "supervise",
                    "embedded",
                    "cli");

    private static final String[] CLI_PACKAGES = {"io.pramd.client.cli..", "io.pramd.daemon.cli.."};

    private static final JavaClasses PRODUCTION =
            new ClassFileImporter()
                    .withImportOption(new DoNotIncludeTests())
                    .importPackages("io.pramd");

    @Test
    void daemonPackagesImportOnlyFromThoseBeforeThem() {
        for (int i = 0; i < DAEMON_PACKAGES.size() - 1; i++) {
            noClasses()
                    .that()
                    .resideInAPackage(daemonPackage(DAEMON_PACKAGES.get(i)))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            DAEMON_PACKAGES.subList(i + 1, DAEMON_PACKAGES.size()).stream()
                                    .map(ArchitectureTest::daemonPackage)
                                    .toArray(String[]::new))
                    .check(PRODUCTION);
        }
    }

    @Test
    void everyDaemonClassIsInAPackageOfTheOrder() {
        classes()
                .that()
                .resideInAPackage("io.pramd.daemon..")
                .should()
                .resideInAnyPackage(
                        DAEMON_PACKAGES.stream()
                                .map(ArchitectureTest::daemonPackage)
                                .toArray(String[]::new))
                .check(PRODUCTION);
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("io.pramd.(**)").should().beFreeOfCycles().check(PRODUCTION);
    }

    @Test
    void onlyServerAndCliKnowWireMessages() {
        noClasses()
                .that()
                .resideInAPackage("io.pramd.daemon..")
                .and()
                .resideOutsideOfPackages("io.pramd.daemon.server..", "io.pramd.daemon.cli..")
                .should()
                .dependOnClassesThat(wireTypeOtherThanErrno())
                .check(PRODUCTION);
    }

    @Test
    void accessKnowsNoSocketAndOnlyWhoServesKnowsAccess() {
        noClasses()
                .that()
                .resideInAPackage(daemonPackage("access"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(PRODUCTION);
        noClasses()
                .that()
                .resideInAnyPackage(daemonPackage("node"), daemonPackage("recovery"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(daemonPackage("access"))
                .check(PRODUCTION);
    }

    @Test
    void onlySettingsReadsToml() {
        noClasses()
                .that()
                .resideOutsideOfPackage(daemonPackage("settings"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.tomlj..")
                .check(PRODUCTION);
    }

    @Test
    void protocolDependsOnNothingOfOursAndKnowsNoSocket() {
        noClasses()
                .that()
                .resideInAPackage("io.pramd.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.pramd.client..",
                        "io.pramd.daemon..",
                        "io.netty.channel.socket..",
                        "io.netty.channel.nio..",
                        "io.netty.channel.unix..",
                        "io.netty.channel.epoll..")
                .check(PRODUCTION);
    }

    @Test
    void clientNeverDependsOnDaemon() {
        noClasses()
                .that()
                .resideInAPackage("io.pramd.client..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pramd.daemon..")
                .check(PRODUCTION);
    }

    @Test
    void clientLibraryNeverDependsOnItsCommand() {
        noClasses()
                .that()
                .resideInAPackage("io.pramd.client..")
                .and()
                .resideOutsideOfPackage("io.pramd.client.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pramd.client.cli..")
                .check(PRODUCTION);
    }

    @Test
    void librariesOfTheCommandLineStayInTheCliPackages() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CLI_PACKAGES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "me.tongfei..", "ch.qos..")
                .check(PRODUCTION);
    }

    @Test
    void onlyCommandsAndTheAdminListenerWriteJson() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CLI_PACKAGES)
                .and()
                .resideOutsideOfPackage(daemonPackage("admin"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml..")
                .check(PRODUCTION);
    }

    @Test
    void onlyTheAdminListenerKnowsHttpAndPrometheus() {
        noClasses()
                .that()
                .resideOutsideOfPackage(daemonPackage("admin"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.handler.codec.http..", "io.prometheus..")
                .check(PRODUCTION);
    }

    @Test
    void classesAreFinalOrSealed() {
        classes().should(beFinalOrSealed()).check(PRODUCTION);
    }

    @Test
    void loggingGoesThroughSlf4j() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(PRODUCTION);
    }

    @Test
    void onlyCliWritesToStandardStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CLI_PACKAGES)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(PRODUCTION);
    }

    @Test
    void onlyTheCommandsEndTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CLI_PACKAGES)
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(PRODUCTION);
    }

    /**
     * A program that has a client or a daemon inside decides by itself how it ends, unless it has
     * asked for its state to be saved then.
     */
    @Test
    void onlyCommandsTheirStarterInTestsAndWarmStateHearOfTheEndOfTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CLI_PACKAGES)
                .and()
                .resideOutsideOfPackage("io.pramd.client.testing..")
                .and()
                .doNotHaveFullyQualifiedName(WarmState.class.getName())
                .should()
                .callMethod(Runtime.class, "addShutdownHook", Thread.class)
                .check(PRODUCTION);
    }

    private static String daemonPackage(String name) {
        return "io.pramd.daemon." + name + "..";
    }

    private static DescribedPredicate<JavaClass> wireTypeOtherThanErrno() {
        return DescribedPredicate.describe(
                "are wire types other than Errno",
                type ->
                        type.getPackageName().startsWith("io.pramd.protocol")
                                && !type.getName().equals("io.pramd.protocol.Errno"));
    }

    private static ArchCondition<JavaClass> beFinalOrSealed() {
        return new ArchCondition<>("be final or sealed") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean extensible =
                        !type.isInterface()
                                && !type.isEnum()
                                && !type.isAnonymousClass()
                                && !type.getModifiers().contains(JavaModifier.SYNTHETIC)
                                && !type.getModifiers().contains(JavaModifier.FINAL)
                                && !type.reflect().isSealed();
                if (extensible) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " is open"));
                }
            }
        };
    }
}
