package io.pramd.daemon.bench;

/**
 * One owner. The daemon in some other state, or asked for something else: saves under fresh names,
 * and removes before each save what the one before has left, unless memory is to be fresh.
 */
final class Variant implements Contender {
    private final PramdContender pramd;
    private final boolean reuse;
    private int generation;

    private Variant(PramdContender pramd, boolean reuse) {
        this.pramd = pramd;
        this.reuse = reuse;
    }

    /** Saves into what earlier saves have used. */
    static Variant reusing(PramdContender pramd) {
        return new Variant(pramd, true);
    }

    /** Saves into what nothing has used, as long as there is room. */
    static Variant fresh(PramdContender pramd) {
        return new Variant(pramd, false);
    }

    @Override
    public String name() {
        return pramd.name();
    }

    @Override
    public long serverPid() {
        return pramd.serverPid();
    }

    @Override
    public void prepare(Verb verb) {
        if (verb != Verb.SAVE) {
            return;
        }
        if (reuse) {
            pramd.client().removeAll(prefix());
        }
        generation++;
    }

    private String prefix() {
        return pramd.name() + "-" + generation + "-";
    }

    @Override
    public Job job(Verb verb) {
        return () -> pramd.job(verb, prefix()).run();
    }

    @Override
    public void close() {
        pramd.close();
    }
}
