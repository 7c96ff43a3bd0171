package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.protocol.Errno;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a client takes a daemon's word for that says it is going away, and how long it tries. */
class DepartureTest {
    private static final long LONGEST_MILLIS = 0xffff_ffffL;
    private static final Duration NO_PROGRESS = Duration.ofSeconds(50);

    private final List<Duration> heard = new ArrayList<>();
    private final Listeners listeners =
            new Listeners(
                    PramUri.parse("pram://127.0.0.1"),
                    new PramListener() {
                        @Override
                        public void goingAway(PramUri daemon, Duration retryAfter) {
                            heard.add(retryAfter);
                        }
                    });
    private final Departure departure = new Departure(listeners);
    private final Call call = new Call("list", "", NO_PROGRESS, Deadline.NEVER);

    @Test
    void nobodyIsKeptAwayForLong() {
        departure.said(0, LONGEST_MILLIS);
        departure.said(0, LONGEST_MILLIS);
        assertThat(heard).containsExactly(Duration.ofSeconds(5));
    }

    @Test
    void aClientThatIsClosedWaitsNoLonger() throws InterruptedException {
        departure.said(0, LONGEST_MILLIS);
        departure.close();
        assertThat(departure.awaitEarliest(Deadline.NEVER)).isFalse();
    }

    @Test
    void aLastConnectionThatHearsItLateDoesNotBeginItAnew() {
        long one = departure.welcomed();
        long other = departure.welcomed();
        departure.said(one, 0);
        long successor = departure.welcomed();
        departure.said(other, 0);
        assertThat(departure.isUnderWay()).isFalse();
        departure.said(successor, 0);
        assertThat(departure.isUnderWay()).isTrue();
        departure.welcomed();
        departure.said(0, 0); // of whom it is not known
        assertThat(departure.isUnderWay()).isTrue();
        assertThat(heard).hasSize(3);
    }

    @Test
    void whoDoesNotTryAgainAsksASuccessorAllTheSame() {
        Repeater repeater = new Repeater(listeners, departure, call, null, Duration.ZERO);
        repeater.pauseOrThrow(failed(NotSentException.Reason.UNHEARD));
        departure.said(0, 0);
        repeater.pauseOrThrow(new RejectedException(Errno.EAGAIN, "is draining"));
        departure.welcomed();
        for (PramException failed :
                List.of(
                        new RejectedException(Errno.EAGAIN, "too many requests"),
                        failed(NotSentException.Reason.LOST),
                        failed(NotSentException.Reason.NO_CONNECTION))) {
            assertThatThrownBy(() -> repeater.pauseOrThrow(failed)).isSameAs(failed);
        }
    }

    @Test
    void whoHasADeadlineHasNoOtherTime() {
        Deadline passed = Deadline.in(Duration.ZERO);
        Repeater repeater = new Repeater(listeners, departure, call, passed, Duration.ZERO);
        NotSentException failed = failed(NotSentException.Reason.UNHEARD);
        assertThatThrownBy(() -> repeater.pauseOrThrow(failed)).isSameAs(failed);
    }

    @Test
    void whoIsRefusedAtTheDoorOfASuccessorComesWhenItSays() {
        departure.said(0, 0);
        Repeater repeater = new Repeater(listeners, departure, call, Deadline.NEVER, Duration.ZERO);
        long begin = System.nanoTime();
        repeater.pauseAsAdvised(new RejectedException(Errno.EAGAIN, "too many", 300, -1));
        assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(250));
    }

    private static NotSentException failed(NotSentException.Reason reason) {
        return new NotSentException("failed", reason, null);
    }
}
