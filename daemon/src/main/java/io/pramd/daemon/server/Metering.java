package io.pramd.daemon.server;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.WireLimits;
import java.util.concurrent.atomic.LongAdder;

/** Thread-safe: what a server counts of its work, and tells to whoever measures it. */
final class Metering {
    private final RequestMeter meter;
    private final boolean isMeasured;
    private final LongAdder savedPages = new LongAdder();
    private final LongAdder loadedPages = new LongAdder();
    private final LongAdder requests = new LongAdder();

    Metering(RequestMeter meter) {
        this.meter = meter;
        this.isMeasured = meter != RequestMeter.NONE;
    }

    /** Whether durations are wanted. */
    boolean isMeasured() {
        return isMeasured;
    }

    /** When something begins; without a meter no clock is read. */
    long begin() {
        return isMeasured ? System.nanoTime() : 0;
    }

    /**
     * Something is answered.
     *
     * @param begin as {@link #begin} said
     * @param failure null: it went well
     */
    void answered(String verb, long begin, Throwable failure) {
        took(verb, result(failure), isMeasured ? System.nanoTime() - begin : 0);
    }

    void answered(String verb, long begin) {
        answered(verb, begin, null);
    }

    /** Something is refused as soon as it has come. */
    void refused(String verb, Throwable why) {
        took(verb, result(why), 0);
    }

    /** Something is answered for which so much time was taken. */
    void took(String verb, String result, long nanos) {
        requests.increment();
        if (isMeasured) {
            meter.answered(verb, result, nanos);
        }
    }

    /** As the audit log and the meter name it. */
    static String result(Throwable failure) {
        if (failure == null) {
            return RequestMeter.OK;
        }
        return Answers.unwrapped(failure) instanceof StoreException e ? e.errno().name() : "EIO";
    }

    void saved(int pages) {
        savedPages.add(pages);
    }

    void loaded(int pages) {
        loadedPages.add(pages);
    }

    Traffic traffic() {
        return new Traffic(
                savedPages.sum() * WireLimits.PAGE_BYTES,
                loadedPages.sum() * WireLimits.PAGE_BYTES,
                requests.sum());
    }
}
