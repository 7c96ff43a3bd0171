package io.pramd.daemon.server;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.pramd.daemon.node.Turns;
import java.util.concurrent.ThreadFactory;

/** One owner: itself. The thread of an event loop, which does small work of the store itself. */
final class LoopThread extends FastThreadLocalThread {
    private EventLoop loop;

    private LoopThread(Runnable task, String name) {
        super(null, task, name);
    }

    static ThreadFactory factory(String name) {
        return new DefaultThreadFactory(name, true) {
            @Override
            protected Thread newThread(Runnable task, String threadName) {
                return new LoopThread(task, threadName);
            }
        };
    }

    /** Says to the calling thread, if it is one of these, which loop it runs. */
    static void runs(EventLoop loop) {
        if (currentThread() instanceof LoopThread thread) {
            thread.loop = loop;
        }
    }

    /** Of all these threads, once they know their loops. */
    static Turns turns() {
        return new Turns() {
            @Override
            public boolean isHere() {
                return currentThread() instanceof LoopThread thread && thread.loop != null;
            }

            @Override
            public void atEnd(Runnable task) {
                ((LoopThread) currentThread()).loop.execute(task);
            }
        };
    }
}
