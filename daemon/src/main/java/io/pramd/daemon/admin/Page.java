package io.pramd.daemon.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/**
 * Immutable: the page. A browser runs the one script and applies the one style that are in it, by
 * their hashes, and nothing else, and connects to nobody else.
 */
final class Page {
    private static final String RESOURCE = "page.html";

    private final Answer answer;

    private Page(Answer answer) {
        this.answer = answer;
    }

    static Page read() {
        byte[] html;
        try (InputStream in = Page.class.getResourceAsStream(RESOURCE)) {
            html = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String text = new String(html, StandardCharsets.UTF_8);
        String policy =
                "default-src 'none'; script-src "
                        + hash(inside(text, "script"))
                        + "; style-src "
                        + hash(inside(text, "style"))
                        + "; connect-src 'self'; img-src 'self' data:; base-uri 'none';"
                        + " form-action 'none'; frame-ancestors 'none'";
        return new Page(
                Answer.of(HttpResponseStatus.OK, "text/html; charset=utf-8", html)
                        .withHeaders(Map.of("Content-Security-Policy", policy)));
    }

    private static String inside(String html, String element) {
        String open = "<" + element + ">";
        int begin = html.indexOf(open) + open.length();
        return html.substring(begin, html.indexOf("</" + element + ">", begin));
    }

    private static String hash(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] digest = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    Answer answer(Request request) {
        return answer;
    }
}
