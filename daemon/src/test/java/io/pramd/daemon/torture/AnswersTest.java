package io.pramd.daemon.torture;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.torture.NodeAnswers.Asked;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Onlookers let what may be pass, and find what cannot be. */
class AnswersTest {
    private static final String SUMMARY =
            "{'frames':100,'free':60,'data':20,'metadata':8,'held':2,'pinned':0,'saving':0,"
                    + "'banned':10,'quarantined':0,'fragmentation':{'freeRuns':3,"
                    + "'largestFreeRun':40,'freeIn2MiB':0,'histogram':[[1,0],[2,0],[4,1],[8,1],"
                    + "[16,0],[32,1]]}}";
    private static final String CELLS =
            "{'frames':10,'from':2,'per':2,'cells':'.dms','fill':'0259'}";
    private static final String NODES =
            "{'total':3,'matching':3,'nodes':["
                    + "{'name':'c','sequence':9,'state':'saving','bytes':0,'pages':0},"
                    + "{'name':'a','sequence':4,'state':'ready','bytes':10,'pages':1,'frames':2,"
                    + "'pfn':7},"
                    + "{'name':'b','sequence':5,'state':'loading','bytes':9,'pages':1,'frames':2,"
                    + "'pfn':8}]}";
    private static final Asked ALL = new Asked("bytes", true, 0, 10, "");
    private static final String NODE =
            "{'name':'a','sequence':4,'state':'ready','bytes':8192,'pages':2,'frames':4,'pfn':7,"
                    + "'whole':true,'links':1,'linkPfns':[9],'extentsTotal':1,"
                    + "'extents':[[20,2]],'pageList':[{'page':0},{'page':1}]}";
    private static final String METRICS =
            "pramd_memory_frames 10.0\npramd_frames{state=\"free\"} 6.0\n"
                    + "pramd_frames{state=\"used\"} 4.0\npramd_recovery_complete 1.0\n"
                    + "pramd_commits_total 5.0\npramd_age_limit_seconds +Inf\njvm_x -1.0\n";

    private static String json(String text, String from, String to) {
        String changed = text.replace(from, to);
        assert !changed.equals(text) : from;
        return changed.replace('\'', '"');
    }

    private static void find(String what, ThrowingCallable look) {
        assertThatThrownBy(look).isInstanceOf(WrongAnswer.class).hasMessageContaining(what);
    }

    private static void summary(String from, String to) {
        MapAnswers.summary(AdminWay.parse(json(SUMMARY, from, to)));
    }

    @Test
    void allStatesAreAllFramesAndAllRunsAllThatIsFree() {
        assertThatCode(() -> summary("'", "\"")).doesNotThrowAnyException();
        find("sum of the states", () -> summary("'held':2", "'held':3"));
        find("negative", () -> summary("'held':2", "'held':-2"));
        find("sum of the histogram", () -> summary("[4,1]", "[4,2]"));
        find("runs of more", () -> summary("[1,0],[2,0],[4,1]", "[1,0],[2,0],[64,1]"));
        find("largest run", () -> summary("'largestFreeRun':40", "'largestFreeRun':61"));
        find("largest run", () -> summary("'largestFreeRun':40", "'largestFreeRun':19"));
        find("whole chunks", () -> summary("'freeIn2MiB':0", "'freeIn2MiB':512"));
    }

    private static void cells(long count, String from, String to) {
        MapAnswers.cells(AdminWay.parse(json(CELLS, from, to)), count, false);
    }

    @Test
    void aMapHasACellForEachFrameAskedFor() {
        assertThatCode(() -> cells(0, "'", "\"")).doesNotThrowAnyException();
        assertThatCode(() -> cells(7, "'", "\"")).doesNotThrowAnyException();
        find("cells", () -> cells(6, "'", "\""));
        find("letters", () -> cells(0, ".dms", ".dmx"));
        find("length of fill", () -> cells(0, "0259", "025"));
        find("no digits", () -> cells(0, "0259", "025x"));
        find("empty cell", () -> cells(0, "0259", "1259"));
        find("fill", () -> cells(4, "'per':2", "'per':1"));
    }

    private static void frame(String from, String to) {
        String text =
                "{'pfn':5,'state':'data','role':'data','references':1,'node':{'name':'a'},"
                        + "'page':3,'position':null}";
        MapAnswers.frame(AdminWay.parse(json(text, from, to)), 5);
    }

    @Test
    void aFrameIsOneThing() {
        assertThatCode(() -> frame("'", "\"")).doesNotThrowAnyException();
        find("pfn", () -> frame("'pfn':5", "'pfn':6"));
        find("no such state", () -> frame("'state':'data'", "'state':'lost'"));
        find("no such role", () -> frame("'role':'data'", "'role':'lost'"));
        find("of a node", () -> frame("'state':'data'", "'state':'held'"));
        find("a page of no data", () -> frame("'role':'data'", "'role':'link'"));
        find("no link", () -> frame("'position':null", "'position':1"));
    }

    private static void nodes(Asked asked, String from, String to) {
        NodeAnswers.list(AdminWay.parse(json(NODES, from, to)), asked);
    }

    @Test
    void aListHasWhatWasAskedForInThatOrder() {
        assertThatCode(() -> nodes(ALL, "'", "\"")).doesNotThrowAnyException();
        find("matching", () -> nodes(ALL, "'total':3", "'total':2"));
        find("all are wanted", () -> nodes(ALL, "'matching':3", "'matching':2"));
        find("nodes=3", () -> nodes(new Asked("bytes", true, 0, 2, ""), "'", "\""));
        find("nodes=3", () -> nodes(new Asked("bytes", true, 1, 10, ""), "'", "\""));
        find("order", () -> nodes(new Asked("bytes", false, 0, 10, ""), "'", "\""));
        find("order", () -> nodes(new Asked("name", true, 0, 10, ""), "'", "\""));
        find("not wanted", () -> nodes(new Asked("bytes", true, 0, 10, "c"), "'", "\""));
        find("comes twice", () -> nodes(ALL, "'sequence':5", "'sequence':4"));
        find("no such state", () -> nodes(ALL, "loading", "leaving"));
        find("more bytes", () -> nodes(ALL, "'bytes':10,'pages':1", "'bytes':10,'pages':0"));
        find("no page", () -> nodes(ALL, "'pfn':7", "'pfn':0"));
    }

    private static void node(String from, String to) {
        NodeAnswers.node(AdminWay.parse(json(NODE, from, to)), 0, 2);
    }

    @Test
    void aNodeHasAllOfItsFrames() {
        assertThatCode(() -> node("'", "\"")).doesNotThrowAnyException();
        find("links", () -> node("'linkPfns':[9]", "'linkPfns':[]"));
        find("extents", () -> node("'extentsTotal':1", "'extentsTotal':2"));
        find("more frames", () -> node("[20,2]", "[20,3]"));
        find("fewer frames", () -> node("[20,2]", "[20,1]"));
        find("out of order", () -> node("{'page':1}", "{'page':0}"));
        find("out of order", () -> node("{'page':1}", "{'page':2}"));
    }

    @Test
    void countersDoNotFallAndFiguresGoTogether() {
        FigureAnswers figures = new FigureAnswers();
        assertThatCode(() -> figures.metrics(METRICS)).doesNotThrowAnyException();
        assertThatCode(() -> figures.metrics(METRICS)).doesNotThrowAnyException();
        find("fell", () -> figures.metrics(METRICS.replace("total 5", "total 4")));
        find("sum of", () -> figures.metrics(METRICS.replace("} 6.0", "} 7.0")));
        find("negative", () -> figures.metrics(METRICS.replace("+Inf", "-1.0")));
        find("no pramd_memory_frames", () -> figures.metrics(""));

        String sample = "{'stepMillis':1000,'samples':[{'t':5,'p50Micros':2,'p99Micros':3}]}";
        String quantiles = json(sample, "'t':5,'p50Micros':2", "'t':6,'p50Micros':4");
        String later = json(sample, "'", "\"");
        find("quantiles", () -> new FigureAnswers().history(AdminWay.parse(quantiles)));
        assertThatCode(() -> figures.history(AdminWay.parse(later))).doesNotThrowAnyException();
        find("out of order", () -> figures.history(AdminWay.parse(later)));

        String info = "{'frames.total':2,'frames.free':1,'frames.held':1,'memory.bytes':8192}";
        String more = json(info, "held':1", "held':2");
        find("more frames", () -> figures.info(AdminWay.parse(more)));
        String bytes = json(info, "8192", "4096");
        find("memory.bytes", () -> figures.info(AdminWay.parse(bytes)));

        String stream = "{'id':1,'kind':'save'}";
        String client = "{'number':1,'streams':[" + stream + "]}";
        String clients = "{'clients':[" + client + "]}";
        String twice = json(clients, client, client + "," + client);
        find("told twice", () -> figures.clients(AdminWay.parse(twice)));
        String streams = json(clients, stream, stream + "," + stream);
        find("told twice", () -> figures.clients(AdminWay.parse(streams)));
        String kind = json(clients, "save", "walk");
        find("no kind", () -> figures.clients(AdminWay.parse(kind)));
    }
}
