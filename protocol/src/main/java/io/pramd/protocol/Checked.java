package io.pramd.protocol;

import java.util.List;

/**
 * Immutable: the answer to CHECK.
 *
 * @param clean nothing is wrong
 * @param problems in words; as many as fit a message
 */
public record Checked(boolean clean, List<String> problems) implements Message {
    public Checked {
        problems = List.copyOf(problems);
    }

    @Override
    public MessageType type() {
        return MessageType.CHECKED;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u8("clean", clean ? 1 : 0)
                .zero(3)
                .u32("count", problems.size())
                .strs("problems", problems);
    }

    static Checked read(PayloadReader in) {
        boolean clean = in.bool("clean");
        in.zero(3);
        List<String> problems = in.strs("problems", in.u32("count"));
        return new Checked(clean, problems);
    }
}
