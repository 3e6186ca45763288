package org.cchq.migrate.agent;

import java.io.IOException;
import java.util.Optional;
import org.cchq.migrate.kind.doctypes.Dialogue;

/** Questions on stdout, answers from standard input, one a line. */
final class TypedAnswers implements Dialogue {
    private final AgentContext context;
    private final DoctypeAgentOutput output;

    TypedAnswers(AgentContext context, DoctypeAgentOutput output) {
        this.context = context;
        this.output = output;
    }

    @Override
    public void say(String line) {
        output.line(line);
    }

    @Override
    public Optional<String> ask(String question) {
        output.line(question);
        try {
            return DoctypeInput.line(context.in()).map(answer -> answer.replace("\r", ""));
        } catch (IOException e) {
            // Nobody can be asked: that is no yes.
            return Optional.empty();
        }
    }
}
