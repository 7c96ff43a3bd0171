package io.pramd.daemon.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Immutable. SIGHUP, which would end the process. The JDK's class for signals is found by its name:
 * a compiler warns of everybody who names it in his source, and cannot be told not to.
 */
final class ReloadSignal {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadSignal.class);

    private ReloadSignal() {}

    /** Runs this at every SIGHUP from now on, on a thread of its own. */
    static void handle(Runnable reload) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object runsIt =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(),
                            new Class<?>[] {handler},
                            new OnlySignals(reload));
            Object hup = signal.getConstructor(String.class).newInstance("HUP");
            Object before = signal.getMethod("handle", signal, handler).invoke(null, hup, runsIt);
            if (before == handler.getField("SIG_IGN").get(null)) { // the JVM leaves it at that
                LOG.warn(
                        "SIGHUP does not read the configuration again: this process was started to"
                                + " ignore it, as nohup does");
            }
        } catch (ReflectiveOperationException e) {
            Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
            LOG.warn("SIGHUP does not read the configuration again: {}", cause.toString());
        }
    }

    /** Immutable. What an interface's every method comes to: there is one, and those of Object. */
    private record OnlySignals(Runnable reload) implements InvocationHandler {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            if (method.getDeclaringClass() == Object.class) {
                return method.invoke(this, arguments);
            }
            reload.run();
            return null;
        }
    }
}
