package io.pramd.daemon.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.pramd.daemon.admin.Route.Needs;
import io.pramd.daemon.server.Server;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Immutable: who answers what, of all that an admin listener has. */
final class Routes {
    private static final String API = "/api/v1/";

    private Routes() {}

    /**
     * @param worker for answers that wait for others
     */
    static List<Route> of(AdminSources sources, History history, Executor worker) {
        Health health = new Health(sources.server(), worker);
        Figures figures = new Figures(sources.server(), sources.version());
        Monitoring monitoring = new Monitoring(metrics(sources), history);
        FramesResource frames = new FramesResource(sources.open().frameMap());
        NodesResource nodes = new NodesResource(sources.open().frameMap());
        ClientsResource clients = new ClientsResource(sources.server(), worker);
        Page page = Page.read();
        return List.of(
                Route.get("/", Needs.NOTHING, atOnce(page::answer)),
                Route.get("/healthz", Needs.NOTHING, health::live),
                Route.get("/readyz", Needs.NOTHING, atOnce(health::ready)),
                Route.get("/metrics", Needs.RULES, atOnce(monitoring::metrics)),
                Route.get(API + "history", Needs.RULES, atOnce(monitoring::history)),
                Route.get(API + "info", Needs.RULES, atOnce(figures::info)),
                Route.get(API + "recovery", Needs.RULES, atOnce(figures::recovery)),
                Route.get(API + "scrub", Needs.RULES, atOnce(figures::scrub)),
                Route.get(API + "clients", Needs.RULES, clients::list),
                Route.get(API + "frames", Needs.RULES, frames::cells),
                Route.get(API + "frames/summary", Needs.RULES, frames::summary),
                Route.get(API + "frames/*", Needs.RULES, frames::frame),
                Route.get(API + "nodes", Needs.RULES, nodes::list),
                Route.get(API + "node", Needs.RULES, atOnce(nodes::node)),
                new Route(HttpMethod.DELETE, API + "nodes", Needs.ADMINISTRATOR, Removal::remove));
    }

    private static Metrics metrics(AdminSources sources) {
        Server server = sources.server();
        return new Metrics(
                sources.version(),
                sources.meters(),
                new Metrics.Sources(
                        server::info, server::traffic, sources.open().store().quotas()));
    }

    private static Resource atOnce(Function<Request, Answer> resource) {
        return request -> CompletableFuture.completedFuture(resource.apply(request));
    }
}
