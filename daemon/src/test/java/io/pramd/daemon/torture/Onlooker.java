package io.pramd.daemon.torture;

import com.fasterxml.jackson.databind.JsonNode;
import io.pramd.daemon.torture.NodeAnswers.Asked;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One owner: a thread. Asks one daemon for everything that the page asks for, over and over, and
 * looks whether each answer can be true.
 */
final class Onlooker implements Runnable {
    private static final int PAUSE_MILLIS_MAX = 20;
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final int NOT_FOUND = 404;
    private static final int NOT_NOW = 503;
    private static final List<String> SORTS = List.copyOf(NodeAnswers.SORTS.keySet());

    private final Onlookers all;
    private final AdminWay way;
    private final Random random;
    private final FigureAnswers figures = new FigureAnswers();
    private List<String> names = List.of();
    private long frames;
    private String version = "\"none\"";
    private boolean hasSeenMap;

    Onlooker(Onlookers all, AdminWay way, long seed) {
        this.all = all;
        this.way = way;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        try {
            while (!all.isOver()) {
                look();
                TimeUnit.MILLISECONDS.sleep(random.nextInt(PAUSE_MILLIS_MAX));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        try {
            question(random.nextInt(14));
        } catch (IOException e) {
            if (!all.mayBeGone()) {
                all.wrong("no answer, and the daemon lives: " + e);
            }
            all.end(); // of this life
        }
    }

    private void question(int which) throws IOException, InterruptedException {
        switch (which) {
            case 0 -> ask("metrics", figures::metrics);
            case 1 -> json("info", figures::info);
            case 2 -> json("history?after=" + figures.lastSample(), figures::history);
            case 3 -> json("clients", figures::clients);
            case 4 -> json("recovery", answer -> FigureAnswers.requirePositive(answer, ""));
            case 5 -> json("scrub", answer -> FigureAnswers.requirePositive(answer, ""));
            case 6 -> map();
            case 7 -> cells();
            case 8, 9 -> json("frames/summary", this::summary);
            case 10 -> frame();
            case 11, 12 -> nodes();
            default -> node();
        }
    }

    private void summary(JsonNode summary) {
        MapAnswers.summary(summary);
        long now = summary.get("frames").asLong();
        WrongAnswer.require(now >= frames, "the file shrinks: from=" + frames + " to=" + now);
        frames = now;
        hasSeenMap = true;
    }

    /** All of it, as a page that has it already. */
    private void map() throws IOException, InterruptedException {
        String path = "api/v1/frames";
        HttpResponse<String> answer = way.ask(path, "If-None-Match", version);
        if (answer.statusCode() == NOT_MODIFIED) {
            all.answered();
            return;
        }
        check(path, answer, text -> MapAnswers.cells(AdminWay.parse(text), 0, false));
        version = answer.headers().firstValue("etag").orElse(version);
    }

    private void cells() throws IOException, InterruptedException {
        boolean isByNode = random.nextBoolean();
        long count = 1 + random.nextInt(40_000);
        String path =
                "frames?from="
                        + random.nextInt(20_000)
                        + "&count="
                        + count
                        + "&per="
                        + (1 << random.nextInt(8))
                        + (isByNode ? "&by=node" : "");
        json(path, answer -> MapAnswers.cells(answer, count, isByNode));
    }

    private void frame() throws IOException, InterruptedException {
        long pfn = random.nextLong(Math.max(frames, 1));
        json("frames/" + pfn, answer -> MapAnswers.frame(answer, pfn));
    }

    private void nodes() throws IOException, InterruptedException {
        String part = random.nextInt(3) == 0 ? String.valueOf(random.nextInt(3)) : "";
        Asked asked =
                new Asked(
                        SORTS.get(random.nextInt(SORTS.size())),
                        random.nextBoolean(),
                        random.nextInt(3) == 0 ? random.nextInt(100) : 0,
                        random.nextInt(501),
                        part);
        json(
                asked.path(),
                answer -> {
                    NodeAnswers.list(answer, asked);
                    List<String> found = new ArrayList<>();
                    answer.get("nodes").forEach(node -> found.add(node.get("name").asText()));
                    names = found.isEmpty() ? names : found;
                });
    }

    private void node() throws IOException, InterruptedException {
        if (names.isEmpty()) {
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        long first = random.nextInt(3) == 0 ? random.nextInt(300) : 0;
        String path =
                "node?name="
                        + URLEncoder.encode(name, StandardCharsets.UTF_8)
                        + "&firstPage="
                        + first
                        + "&pages=300";
        json(path, answer -> NodeAnswers.node(answer, first, 300));
    }

    /** Looks at an answer; throws {@link WrongAnswer} when it cannot be true. */
    private interface Check<T> {
        void look(T answer);
    }

    private void json(String path, Check<JsonNode> check) throws IOException, InterruptedException {
        ask("api/v1/" + path, text -> check.look(AdminWay.parse(text)));
    }

    private void ask(String path, Check<String> check) throws IOException, InterruptedException {
        check(path, way.ask(path), check);
    }

    private void check(String path, HttpResponse<String> answer, Check<String> check) {
        int status = answer.statusCode();
        try {
            if (status == OK) {
                check.look(answer.body());
                all.answered();
            } else if (!mayBeRefused(path, status)) {
                throw new WrongAnswer(status + " " + answer.body());
            }
        } catch (WrongAnswer | NullPointerException e) {
            all.wrong(path + ": " + e); // or an answer without what it must have
        }
    }

    /** A node may have gone; before the walk is done nobody knows what frames are used for. */
    private boolean mayBeRefused(String path, int status) {
        boolean mayHaveGone = path.matches("api/v1/(node\\?|frames/).*");
        boolean mayBeLate = !hasSeenMap || way.isGuarded() || all.mayBeGone();
        return status == NOT_FOUND && mayHaveGone || status == NOT_NOW && mayBeLate;
    }
}
