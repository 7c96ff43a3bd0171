package io.pramd.daemon.quota;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Thread-safe. The ledger: what every owner and every limited prefix uses, and whether more is
 * allowed. Nothing of it is stored: a start charges each node when it reads the node's page.
 *
 * <p>Who holds a node keeps its <em>ticket</em>, a number that says which accounts were charged and
 * how much. Whatever the rules have become, and whatever can still be read of the node, giving the
 * ticket back takes away exactly what it had added. So an account is at every moment the sum of the
 * tickets and streams that name it, and it is exact as soon as all nodes that it concerns have one
 * that does. 0 is the ticket of a node that nobody is charged for.
 *
 * <p>A prefix that becomes limited at run time does not know the nodes that are there. From the
 * change of the rules on everything that is published and every open stream is charged to it, by
 * this monitor; each older node is given a new ticket when its page has been read in the background
 * ({@link #beginCount}), if it is still there. So none can be missed, and none counted twice,
 * however saves, removals and a second change of the rules fall between.
 */
public final class Quotas {
    private static final int PAGES_BITS = 40;
    private static final long PAGES_MAX = (1L << PAGES_BITS) - 1;

    private final Map<String, Account> owners = new HashMap<>();
    private final Map<Group.Key, Group> groups = new HashMap<>();
    private final List<Group> byNumber = new ArrayList<>();
    private final Deque<Integer> freeNumbers = new ArrayDeque<>();
    private final Set<Hold> open = new HashSet<>();
    private Map<String, Account> prefixes = new TreeMap<>();
    private String[] prefixNames = {};
    private QuotaRules rules = QuotaRules.NONE;
    private boolean hasCharged;
    private volatile long reservedBytes;
    private volatile Runnable changed = () -> {};

    public Quotas() {
        byNumber.add(null); // so that no ticket of a group is 0
    }

    // ---- rules

    /** Puts other limits in force. From any thread, at any time. */
    public void rules(QuotaRules newRules) {
        synchronized (this) {
            rules = newRules;
            owners.forEach((owner, account) -> account.limits(limitsOf(owner)));
            Map<String, Account> next = new TreeMap<>();
            newRules.prefixes()
                    .forEach(
                            (prefix, limits) -> {
                                Account known = prefixes.get(prefix);
                                next.put(prefix, known != null ? known : newPrefix(prefix, limits));
                                next.get(prefix).limits(limits);
                            });
            prefixes = next;
            prefixNames = next.keySet().toArray(String[]::new);
            List.copyOf(open).forEach(this::regroup);
            reservedBytes = newRules.reservedBytes();
        }
        changed.run();
    }

    /** Of a store that has no nodes yet, or none that were read, it is exact from the start. */
    private Account newPrefix(String prefix, QuotaLimits limits) {
        return new Account("prefix " + prefix, limits, hasCharged);
    }

    private QuotaLimits limitsOf(String owner) {
        return rules.principals().getOrDefault(owner, QuotaLimits.NONE);
    }

    /** Told behind every change of the rules, on the thread that made it. */
    public void whenChanged(Runnable listener) {
        changed = listener;
    }

    /** What only savers who may use the reserve can take of the memory file. */
    public long reservedBytes() {
        return reservedBytes;
    }

    /**
     * Begins to count what older nodes use of prefixes that became limited at run time; empty when
     * there are none. What is answered is to be run when every node that was there at this call has
     * been given back and charged again.
     */
    public synchronized Optional<Runnable> beginCount() {
        List<Account> uncounted = prefixes.values().stream().filter(Account::isCounting).toList();
        return uncounted.isEmpty() ? Optional.empty() : Optional.of(() -> counted(uncounted));
    }

    private synchronized void counted(List<Account> accounts) {
        accounts.forEach(Account::counted);
    }

    // ---- streams

    /**
     * A save begins: one node, one stream.
     *
     * @param declaredBytes that will come, or less than 0; not held before they come
     * @throws StoreException EDQUOT
     */
    public synchronized Hold openSave(String owner, String name, long declaredBytes) {
        Hold hold = new Hold(this, owner, name, 1);
        long declaredPages = Math.ceilDiv(Math.max(0, declaredBytes), FileLayout.FRAME_BYTES);
        return opened(
                hold,
                account -> {
                    account.requireStreams(1);
                    account.requireNodes(1);
                    account.requireNodeOf(declaredPages);
                    account.requirePages(declaredPages);
                });
    }

    /**
     * A load or a peek begins: one stream. Its {@link Hold#release} ends it.
     *
     * @throws StoreException EDQUOT
     */
    public synchronized Hold openLoad(String principal, String name) {
        return opened(new Hold(this, principal, name, 0), account -> account.requireStreams(1));
    }

    private Hold opened(Hold hold, Consumer<Account> check) {
        hold.group = join(hold.owner, hold.name);
        try {
            hold.group.accounts.forEach(check);
        } catch (StoreException e) {
            leave(hold.group);
            throw e;
        }
        hold.group.add(0, hold.nodes, 1);
        open.add(hold);
        return hold;
    }

    synchronized void reserve(Hold hold, long morePages) {
        if (hold.isOver) {
            return;
        }
        for (Account account : hold.group.accounts) {
            account.requireNodeOf(hold.pages + morePages);
            account.requirePages(morePages);
        }
        hold.group.add(morePages, 0, 0);
        hold.pages += morePages;
    }

    synchronized void requireWithinLimits(Hold hold) {
        if (!hold.isOver) {
            hold.group.accounts.forEach(account -> account.requireHeld(hold.pages));
        }
    }

    synchronized void releasePages(Hold hold) {
        if (!hold.isOver) {
            hold.group.add(-hold.pages, 0, 0);
            hold.pages = 0;
        }
    }

    synchronized void release(Hold hold) {
        if (hold.isOver) {
            return;
        }
        hold.isOver = true;
        open.remove(hold);
        hold.group.add(-hold.pages, -hold.nodes, -1);
        leave(hold.group);
    }

    private void regroup(Hold hold) {
        Group before = hold.group;
        before.add(-hold.pages, -hold.nodes, -1);
        hold.group = join(hold.owner, hold.name);
        hold.group.add(hold.pages, hold.nodes, 1);
        leave(before);
    }

    synchronized long publish(Hold hold) {
        long pages = hold.pages;
        release(hold);
        return charge(hold.owner, hold.name, pages);
    }

    // ---- nodes

    /**
     * A node is there.
     *
     * @param owner empty: nobody
     * @return its ticket
     */
    public synchronized long charge(String owner, String name, long pages) {
        hasCharged = true;
        if (owner.isEmpty() && !isLimited(name)) {
            return 0; // most nodes of a start without principals: nothing is made for them
        }
        Group group = join(owner, name);
        long counted = Math.min(pages, PAGES_MAX);
        group.add(counted, 1, 0);
        return (long) group.number << PAGES_BITS | counted;
    }

    private boolean isLimited(String name) {
        for (String prefix : prefixNames) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** A node is gone. */
    public synchronized void giveBack(long ticket) {
        if (ticket == 0) {
            return;
        }
        Group group = byNumber.get((int) (ticket >>> PAGES_BITS));
        group.add(-(ticket & PAGES_MAX), -1, 0);
        leave(group);
    }

    private Group join(String owner, String name) {
        List<Account> charged = new ArrayList<>();
        prefixes.forEach(
                (prefix, account) -> {
                    if (name.startsWith(prefix)) {
                        charged.add(account);
                    }
                });
        Group group =
                groups.computeIfAbsent(new Group.Key(owner, List.copyOf(charged)), this::newGroup);
        group.users++;
        return group;
    }

    private Group newGroup(Group.Key key) {
        List<Account> accounts = new ArrayList<>();
        if (!key.owner().isEmpty()) {
            accounts.add(
                    owners.computeIfAbsent(
                            key.owner(),
                            name -> new Account("principal " + name, limitsOf(name), false)));
        }
        accounts.addAll(key.prefixes());
        accounts.forEach(Account::joined);
        if (freeNumbers.isEmpty()) {
            freeNumbers.add(byNumber.size());
            byNumber.add(null);
        }
        Group group = new Group(freeNumbers.remove(), key, List.copyOf(accounts));
        byNumber.set(group.number, group);
        return group;
    }

    private void leave(Group group) {
        group.users--;
        if (group.users > 0) {
            return;
        }
        groups.remove(group.key);
        byNumber.set(group.number, null);
        freeNumbers.add(group.number);
        String owner = group.key.owner();
        for (Account account : group.accounts) {
            boolean isUnused = account.left();
            if (isUnused && account == owners.get(owner)) {
                owners.remove(owner);
            }
        }
    }

    // ---- questions

    /** What nodes and streams of a principal use. */
    public synchronized Usage usage(String principal) {
        Account account = owners.get(principal);
        return account == null ? Usage.NOTHING : account.usage();
    }

    /** What every owner uses that uses anything. */
    public synchronized Map<String, Usage> usageByOwner() {
        Map<String, Usage> usage = new TreeMap<>();
        owners.forEach((owner, account) -> usage.put(owner, account.usage()));
        return usage;
    }

    /** What is used of every limited prefix that has been counted. */
    public synchronized Map<String, Usage> usageByPrefix() {
        Map<String, Usage> usage = new TreeMap<>();
        prefixes.forEach(
                (prefix, account) -> {
                    if (!account.isCounting()) {
                        usage.put(prefix, account.usage());
                    }
                });
        return usage;
    }

    /** Limited prefixes of which the older nodes are not counted yet: not enforced so far. */
    public synchronized long counting() {
        return prefixes.values().stream().filter(Account::isCounting).count();
    }

    public synchronized QuotaRules rules() {
        return rules;
    }
}
