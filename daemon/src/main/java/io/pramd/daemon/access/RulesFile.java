package io.pramd.daemon.access;

import io.pramd.daemon.access.PrincipalRules.Ways;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.Printable;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.quota.QuotaLimits;
import io.pramd.daemon.quota.QuotaRules;
import io.pramd.daemon.settings.Problems;
import io.pramd.daemon.settings.Section;
import io.pramd.daemon.settings.Section.Located;
import io.pramd.daemon.settings.TextFile;
import io.pramd.daemon.settings.TomlFile;
import io.pramd.protocol.Errno;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/** One owner. Reads a rules file (docs/security.md), and says of all that is wrong where it is. */
final class RulesFile {
    private static final String WHAT = "rules file";
    private static final int BYTES_MAX = 1 << 20;
    private static final long ID_MAX = 0xFFFF_FFFEL; // of users and groups; all ones means none

    private final Section file;
    private final Problems problems;
    private final Map<String, PrincipalRules> principals = new LinkedHashMap<>();
    private final Map<String, QuotaLimits> principalQuotas = new HashMap<>();
    private final Map<String, QuotaLimits> prefixQuotas = new HashMap<>();

    /** Who has a certificate, uid, gid or "everyone" already, by what it is. */
    private final Map<Object, String> holders = new HashMap<>();

    private RulesFile(Section file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    static AccessRules read(Path file) {
        if (TextFile.permissions(file, WHAT).contains(PosixFilePermission.OTHERS_WRITE)) {
            throw StoreException.of(
                    Errno.EACCES,
                    "anybody could change the rules file: file=" + file + " mend=chmod o-w");
        }
        return parse(file, TextFile.read(file, BYTES_MAX, WHAT));
    }

    /** Reads the text of a file of that name. */
    static AccessRules parse(Path file, String text) {
        Problems problems = new Problems(file, WHAT);
        Section section = TomlFile.parse(file, text, WHAT, problems);
        problems.throwIfAny();
        RulesFile rules = new RulesFile(section, problems);
        AccessRules read = rules.read();
        problems.throwIfAny();
        return read;
    }

    private AccessRules read() {
        file.onlyKeys("principal", "prefix", "reserve");
        file.section("principal").ifPresent(all -> each(all, this::principal));
        file.section("prefix").ifPresent(all -> each(all, this::prefix));
        if (file.section("principal").filter(all -> !all.keys().isEmpty()).isEmpty()) {
            problems.add(1, "no principal: nobody could come in: expected=[principal.NAME]");
        }
        long reservedBytes = file.section("reserve").map(this::reserve).orElse(0L);
        return new AccessRules(
                principals, new QuotaRules(principalQuotas, prefixQuotas, reservedBytes));
    }

    @FunctionalInterface
    private interface Reader {
        void read(String name, Section section);
    }

    private static void each(Section all, Reader reader) {
        for (String name : all.keys()) {
            all.section(name).ifPresent(section -> reader.read(name, section));
        }
    }

    private void principal(String name, Section section) {
        section.onlyKeys("token", "certificate", "uid", "gid", "everyone", "allow", "quota");
        if (!Principals.isName(name)) {
            problems.add(
                    section.line(),
                    "not a name of a principal: expected="
                            + Principals.EXPECTED
                            + " actual="
                            + Printable.of(name));
        }
        int before = problems.count();
        Ways ways =
                new Ways(
                        section.flag("token"),
                        certificates(name, section),
                        ids(name, section, "uid"),
                        ids(name, section, "gid"),
                        isEveryone(name, section));
        // with a fault in one of the ways that one is said, and is enough
        if (ways.isEmpty() && problems.count() == before) {
            problems.add(
                    section.line(),
                    "nobody can be this principal: principal="
                            + Printable.of(name)
                            + " expected=token, certificate, uid, gid or everyone");
        }
        List<Grant> grants = new ArrayList<>();
        section.sections("allow").forEach(allow -> grants.add(grant(allow)));
        principals.put(name, new PrincipalRules(ways, grants));
        section.section("quota").ifPresent(quota -> principalQuotas.put(name, limits(quota)));
    }

    private Set<X500Principal> certificates(String name, Section section) {
        Set<X500Principal> subjects = new HashSet<>();
        for (Located<String> text : section.texts("certificate")) {
            try {
                X500Principal subject = new X500Principal(text.value());
                hold(name, section, "certificate", text, subject);
                subjects.add(subject);
            } catch (IllegalArgumentException e) {
                section.wrong(text, "not a subject", "certificate", "such as CN=search,O=Example");
            }
        }
        return subjects;
    }

    private Set<Integer> ids(String name, Section section, String key) {
        Set<Integer> ids = new HashSet<>();
        for (Located<Long> id : section.numbers(key)) {
            if (id.value() < 0 || id.value() > ID_MAX) {
                section.wrong(id, "not an id", key, "0 to " + ID_MAX);
            } else {
                hold(name, section, key, id, key + " " + id.value());
                ids.add(id.value().intValue());
            }
        }
        return ids;
    }

    private boolean isEveryone(String name, Section section) {
        boolean isEveryone = section.flag("everyone");
        if (isEveryone) {
            hold(
                    name,
                    section,
                    "everyone",
                    new Located<>(true, section.line("everyone")),
                    "everyone");
        }
        return isEveryone;
    }

    /** Notes when somebody who comes with this could be two principals. */
    private void hold(
            String name, Section section, String key, Located<?> found, Object credential) {
        String holder = holders.putIfAbsent(credential, name);
        if (holder != null) {
            section.wrong(found, "given twice", key, "once, and principal." + holder + " has it");
        }
    }

    private Grant grant(Section allow) {
        allow.onlyKeys("verbs", "prefix");
        allow.require("verbs");
        allow.require("prefix");
        Set<Verb> verbs = EnumSet.noneOf(Verb.class);
        for (Located<String> word : allow.texts("verbs")) {
            Optional<Set<Verb>> known = Verb.ofWord(word.value());
            known.ifPresent(verbs::addAll);
            if (known.isEmpty()) {
                allow.wrong(word, "unknown verb", "verbs", Verb.WORDS);
            }
        }
        List<String> prefixes = new ArrayList<>();
        for (Located<String> prefix : allow.texts("prefix")) {
            violation(prefix.value())
                    .ifPresent(expected -> allow.wrong(prefix, "not a prefix", "prefix", expected));
            prefixes.add(prefix.value());
        }
        return new Grant(verbs, prefixes);
    }

    /** What was expected of a prefix that no name can begin with. */
    private static Optional<String> violation(String prefix) {
        if (prefix.getBytes(StandardCharsets.UTF_8).length > NodeLayout.NAME_BYTES_MAX) {
            return Optional.of("at most " + NodeLayout.NAME_BYTES_MAX + " bytes");
        }
        return prefix.chars().anyMatch(Character::isISOControl)
                ? Optional.of("no control characters")
                : Optional.empty();
    }

    private void prefix(String name, Section section) {
        section.onlyKeys("quota");
        section.require("quota");
        violation(name)
                .ifPresent(
                        expected ->
                                problems.add(
                                        section.line(),
                                        "not a prefix: expected="
                                                + expected
                                                + " actual="
                                                + Printable.of(name)));
        section.section("quota").ifPresent(quota -> prefixQuotas.put(name, limits(quota)));
    }

    private static QuotaLimits limits(Section quota) {
        quota.onlyKeys("bytes", "nodes", "streams", "largest");
        return new QuotaLimits(
                quota.size("bytes").orElse(QuotaLimits.UNLIMITED),
                quota.count("nodes").orElse(QuotaLimits.UNLIMITED),
                quota.count("streams").orElse(QuotaLimits.UNLIMITED),
                quota.size("largest").orElse(QuotaLimits.UNLIMITED));
    }

    private long reserve(Section section) {
        section.onlyKeys("bytes");
        section.require("bytes");
        return section.size("bytes").orElse(0);
    }
}
