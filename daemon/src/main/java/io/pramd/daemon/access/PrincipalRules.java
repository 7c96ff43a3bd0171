package io.pramd.daemon.access;

import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * Immutable. What the rules file says of one principal.
 *
 * @param ways how somebody shows to be that principal
 */
record PrincipalRules(Ways ways, List<Grant> grants) {
    PrincipalRules {
        grants = List.copyOf(grants);
    }

    /**
     * Immutable. Each of these is enough.
     *
     * @param uids as the kernel has them: unsigned
     * @param gids the same
     */
    record Ways(
            boolean token,
            Set<X500Principal> certificates,
            Set<Integer> uids,
            Set<Integer> gids,
            boolean everyone) {
        Ways {
            certificates = Set.copyOf(certificates);
            uids = Set.copyOf(uids);
            gids = Set.copyOf(gids);
        }

        boolean isEmpty() {
            return !token
                    && !everyone
                    && certificates.isEmpty()
                    && uids.isEmpty()
                    && gids.isEmpty();
        }
    }
}
