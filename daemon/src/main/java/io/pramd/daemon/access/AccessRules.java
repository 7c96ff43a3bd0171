package io.pramd.daemon.access;

import io.pramd.daemon.quota.QuotaRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * Immutable. The rules in force: which principals there are, how somebody shows to be one, and what
 * each may do with which names. Principals, names and prefixes that are unknown are no error: they
 * may nothing.
 */
public final class AccessRules {
    private final Map<String, Rights> principals = new HashMap<>();
    private final Map<X500Principal, String> certificates = new HashMap<>();
    private final Map<Integer, String> uids = new HashMap<>();
    private final Map<Integer, String> gids = new HashMap<>();
    private final String everyone;
    private final QuotaRules quotas;

    /** Immutable. What is looked up at every request. */
    private record Rights(PrincipalRules rules, Map<Verb, PrefixSet> byVerb, PrefixSet visible) {}

    AccessRules(Map<String, PrincipalRules> rules, QuotaRules quotas) {
        this.quotas = quotas;
        String anyone = null;
        for (Map.Entry<String, PrincipalRules> entry : rules.entrySet()) {
            String name = entry.getKey();
            PrincipalRules.Ways ways = entry.getValue().ways();
            principals.put(name, rights(entry.getValue()));
            ways.certificates().forEach(subject -> certificates.put(subject, name));
            ways.uids().forEach(uid -> uids.put(uid, name));
            ways.gids().forEach(gid -> gids.put(gid, name));
            if (ways.everyone()) {
                anyone = name;
            }
        }
        everyone = anyone;
    }

    private static Rights rights(PrincipalRules rules) {
        Map<Verb, List<String>> prefixes = new EnumMap<>(Verb.class);
        List<String> visible = new ArrayList<>();
        for (Grant grant : rules.grants()) {
            for (Verb verb : grant.verbs()) {
                prefixes.computeIfAbsent(verb, none -> new ArrayList<>()).addAll(grant.prefixes());
                visible.addAll(grant.prefixes());
            }
        }
        Map<Verb, PrefixSet> byVerb = new EnumMap<>(Verb.class);
        prefixes.forEach((verb, list) -> byVerb.put(verb, PrefixSet.of(list)));
        return new Rights(rules, byVerb, PrefixSet.of(visible));
    }

    /**
     * Reads a rules file.
     *
     * @throws io.pramd.daemon.memory.StoreException EINVAL with the line of everything that is
     *     wrong; ENOENT, EACCES or EIO when it cannot be read
     */
    public static AccessRules read(Path file) {
        return RulesFile.read(file);
    }

    /** Whether the principal may do this with that name. */
    public boolean allows(String principal, Verb verb, String name) {
        return granted(principal, verb).contains(name);
    }

    /** Whether the principal may do anything at all with that name, and so may know of it. */
    public boolean sees(String principal, String name) {
        return visible(principal).contains(name);
    }

    /** Whether there could be a name, beginning with the prefix, that it may do this with. */
    public boolean allowsSome(String principal, Verb verb, String prefix) {
        return granted(principal, verb).meets(prefix);
    }

    /** Whether there could be a name, beginning with the prefix, that it may know of. */
    public boolean seesSome(String principal, String prefix) {
        return visible(principal).meets(prefix);
    }

    /** Whether the principal may do this with every name. */
    public boolean allowsAll(String principal, Verb verb) {
        return granted(principal, verb).isEveryName();
    }

    private PrefixSet granted(String principal, Verb verb) {
        Rights rights = principals.get(principal);
        return rights == null
                ? PrefixSet.EMPTY
                : rights.byVerb().getOrDefault(verb, PrefixSet.EMPTY);
    }

    private PrefixSet visible(String principal) {
        Rights rights = principals.get(principal);
        return rights == null ? PrefixSet.EMPTY : rights.visible();
    }

    /** Whether the rules name this principal. */
    public boolean has(String principal) {
        return principals.containsKey(principal);
    }

    int principalCount() {
        return principals.size();
    }

    /** Whose certificate has this subject; spelling and case are those of RFC 2253's comparison. */
    public Optional<String> byCertificate(X500Principal subject) {
        return Optional.ofNullable(certificates.get(subject));
    }

    /** Whose the user is, or else the group. */
    public Optional<String> byUser(int uid, int gid) {
        String principal = uids.get(uid);
        return Optional.ofNullable(principal == null ? gids.get(gid) : principal);
    }

    /** Whether the user itself is named, and not only the group. */
    boolean isNamedByUid(int uid) {
        return uids.containsKey(uid);
    }

    /** Who somebody is that shows nothing, on this machine. */
    public Optional<String> everyone() {
        return Optional.ofNullable(everyone);
    }

    /** Whether a token may make somebody this principal. */
    public boolean mayUseToken(String principal) {
        Rights rights = principals.get(principal);
        return rights != null && rights.rules().ways().token();
    }

    /** Whether somebody has admin on every name. */
    boolean hasAdministrator() {
        return principals.keySet().stream().anyMatch(name -> allowsAll(name, Verb.ADMIN));
    }

    /** Whether anybody is to come in by a token. */
    boolean expectsTokens() {
        return principals.values().stream().anyMatch(rights -> rights.rules().ways().token());
    }

    /** How much each may hold. */
    public QuotaRules quotas() {
        return quotas;
    }

    /** For people: a line for each grant, such as {@code save load: search/*}. */
    public List<String> grants(String principal) {
        Rights rights = principals.get(principal);
        return rights == null
                ? List.of()
                : rights.rules().grants().stream().map(Grant::text).toList();
    }
}
