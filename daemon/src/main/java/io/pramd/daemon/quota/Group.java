package io.pramd.daemon.quota;

import java.util.List;

/**
 * One owner: guarded by the {@link Quotas}. The accounts that are charged together: that of an
 * owner, if there is one, and those of the prefixes. A node remembers its group's number only.
 */
final class Group {
    /** What tells it from others. */
    record Key(String owner, List<Account> prefixes) {}

    final int number;
    final Key key;
    final List<Account> accounts;

    /** Nodes and streams that are charged by it. */
    long users;

    Group(int number, Key key, List<Account> accounts) {
        this.number = number;
        this.key = key;
        this.accounts = accounts;
    }

    void add(long pages, long nodes, long streams) {
        for (Account account : accounts) {
            account.add(pages, nodes, streams);
        }
    }
}
