package io.pramd.demo;

import io.pramd.client.SaveStream;
import io.pramd.client.StreamWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.InputStreamDataInput;
import org.apache.lucene.store.OutputStreamDataOutput;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.QueryBuilder;
import org.apache.lucene.util.Version;

/** Thread-safe: a full-text index in memory that can write itself as one stream. */
final class SearchIndex implements StreamWriter<IOException> {
    /** Of the stream, and of what is in the index. */
    static final String FORMAT = "1 lucene=" + Version.LATEST;

    private static final String NAME = "name";
    private static final String TEXT = "text";
    private static final double BUFFER_MIB = 64;

    /** By score, and where that is equal by name: the order in which they came does not count. */
    private static final Sort BEST_FIRST =
            new Sort(SortField.FIELD_SCORE, new SortField(NAME, SortField.Type.STRING));

    private final Analyzer analyzer = new StandardAnalyzer();
    private final Directory directory;
    private final IndexSearcher searcher;

    private SearchIndex(Directory directory) throws IOException {
        this.directory = directory;
        this.searcher = new IndexSearcher(DirectoryReader.open(directory));
    }

    /** Reads and analyzes every document, on all processors. */
    static SearchIndex build(Corpus corpus, int documentsMax) throws IOException {
        Directory directory = new ByteBuffersDirectory();
        IndexWriterConfig config = new IndexWriterConfig(new StandardAnalyzer());
        config.setRAMBufferSizeMB(BUFFER_MIB);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            corpus.names(documentsMax).parallelStream().forEach(name -> add(writer, corpus, name));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new SearchIndex(directory);
    }

    private static void add(IndexWriter writer, Corpus corpus, String name) {
        Document document = new Document();
        document.add(new StoredField(NAME, name));
        document.add(new SortedDocValuesField(NAME, new BytesRef(name)));
        try {
            document.add(new TextField(TEXT, corpus.text(name), Field.Store.NO));
            writer.addDocument(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what another one has written. */
    static SearchIndex read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        Directory directory = new ByteBuffersDirectory();
        int files = data.readInt();
        for (int i = 0; i < files; i++) {
            String name = data.readUTF();
            long bytes = data.readLong();
            try (IndexOutput out = directory.createOutput(name, IOContext.DEFAULT)) {
                out.copyBytes(new InputStreamDataInput(in), bytes);
            }
        }
        return new SearchIndex(directory);
    }

    @Override
    public void writeTo(SaveStream out) throws IOException {
        copyTo(out);
    }

    /** The files of the index, one behind the other; they do not change any more. */
    void copyTo(OutputStream out) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        String[] files = directory.listAll();
        data.writeInt(files.length);
        for (String name : files) {
            data.writeUTF(name);
            data.writeLong(directory.fileLength(name));
            try (IndexInput in = directory.openInput(name, IOContext.READONCE)) {
                new OutputStreamDataOutput(out).copyBytes(in, in.length());
            }
        }
    }

    int documents() {
        return searcher.getIndexReader().numDocs();
    }

    /** Looks for documents with all of these words. */
    Answer answer(String words) throws IOException {
        Query query =
                new QueryBuilder(analyzer)
                        .createBooleanQuery(TEXT, words, BooleanClause.Occur.MUST);
        if (query == null) {
            return new Answer(0, "");
        }
        ScoreDoc[] best = searcher.search(query, 1, BEST_FIRST).scoreDocs;
        return best.length == 0
                ? new Answer(0, "")
                : new Answer(
                        searcher.count(query),
                        searcher.storedFields().document(best[0].doc).get(NAME));
    }
}
