package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a template that writes something or sets a name. */
interface Statement {
    void run(Scope scope, List<@Nullable Object> output) throws JinjaException;

    static void runAll(List<Statement> statements, Scope scope, List<@Nullable Object> output) throws JinjaException {
        for (Statement statement : statements) {
            statement.run(scope, output);
        }
    }

    /** Text as it stands. */
    record Text(String text) implements Statement {
        @Override
        public void run(Scope scope, List<@Nullable Object> output) {
            output.add(text);
        }
    }

    /** {@code {{ value }}}. */
    record Output(Expression value, int line) implements Statement {
        @Override
        public void run(Scope scope, List<@Nullable Object> output) throws JinjaException {
            try {
                output.add(Evaluation.written(value.value(scope)));
            } catch (JinjaException e) {
                throw scope.evaluation().at(line, e);
            }
        }
    }

    /** {@code {% if %} {% elif %} {% else %}}; the last branch may have no condition. */
    record Choice(List<Branch> branches) implements Statement {
        @Override
        public void run(Scope scope, List<@Nullable Object> output) throws JinjaException {
            for (Branch branch : branches) {
                if (branch.holds(scope)) {
                    runAll(branch.body(), scope, output);
                    return;
                }
            }
        }
    }

    /** One branch. */
    record Branch(@Nullable Expression condition, List<Statement> body, int line) {
        boolean holds(Scope scope) throws JinjaException {
            try {
                return condition == null || Values.isTrue(condition.value(scope));
            } catch (JinjaException e) {
                throw scope.evaluation().at(line, e);
            }
        }
    }

    /** {@code {% for a, b in items if condition %} {% else %}}. */
    record Loop(
            List<String> targets,
            Expression items,
            @Nullable Expression condition,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {
        @Override
        public void run(Scope scope, List<@Nullable Object> output) throws JinjaException {
            List<@Nullable Object> chosen;
            try {
                chosen = chosen(scope);
            } catch (JinjaException e) {
                throw scope.evaluation().at(line, e);
            }
            if (chosen.isEmpty()) {
                runAll(otherwise, scope.inner(), output);
            }
            for (int i = 0; i < chosen.size(); i++) {
                Scope round = scope.inner();
                bind(round, chosen.get(i));
                round.set("loop", state(chosen, i));
                runAll(body, round, output);
            }
        }

        private List<@Nullable Object> chosen(Scope scope) throws JinjaException {
            List<@Nullable Object> chosen = new ArrayList<>();
            for (Object item : Values.items(items.value(scope))) {
                Scope round = scope.inner();
                bind(round, item);
                if (condition == null || Values.isTrue(condition.value(round))) {
                    chosen.add(item);
                }
            }
            return chosen;
        }

        private void bind(Scope scope, @Nullable Object item) throws JinjaException {
            Targets.bind(targets, scope, item);
        }

        private static Map<String, @Nullable Object> state(List<@Nullable Object> items, int at) {
            Map<String, @Nullable Object> state = new LinkedHashMap<>();
            int length = items.size();
            state.put("index", at + 1);
            state.put("index0", at);
            state.put("revindex", length - at);
            state.put("revindex0", length - at - 1);
            state.put("first", at == 0);
            state.put("last", at + 1 == length);
            state.put("length", length);
            state.put("depth", 1);
            state.put("depth0", 0);
            if (at > 0) {
                state.put("previtem", items.get(at - 1));
            }
            if (at + 1 < length) {
                state.put("nextitem", items.get(at + 1));
            }
            return new LoopState(state);
        }
    }

    /** {@code {% set a = value %}}, {@code {% set space.a = value %}}. */
    record Assignment(List<String> targets, Expression value, int line) implements Statement {
        @Override
        public void run(Scope scope, List<@Nullable Object> output) throws JinjaException {
            try {
                Targets.bind(targets, scope, value.value(scope));
            } catch (JinjaException e) {
                throw scope.evaluation().at(line, e);
            }
        }
    }

    /** {@code {% macro name(a, b=1) %}}. */
    record Macro(String name, List<String> parameters, List<Expression> defaults, List<Statement> body)
            implements Statement {
        @Override
        public void run(Scope scope, List<@Nullable Object> output) {
            scope.set(name, (Callable) (arguments, named) -> call(scope, arguments, named));
        }

        private Object call(Scope defined, List<@Nullable Object> arguments, Map<String, @Nullable Object> named)
                throws JinjaException {
            Given given = new Given(name, arguments, named).with(parameters.toArray(String[]::new));
            Scope scope = defined.inner();
            int needed = parameters.size() - defaults.size();
            for (int i = 0; i < parameters.size(); i++) {
                String parameter = parameters.get(i);
                if (given.has(parameter)) {
                    scope.set(parameter, given.get(parameter));
                } else if (i >= needed) {
                    scope.set(parameter, defaults.get(i - needed).value(scope));
                } else {
                    scope.set(
                            parameter,
                            new Undefined("the macro '" + name + "' was called without '" + parameter + "'"));
                }
            }
            List<@Nullable Object> written = new ArrayList<>();
            runAll(body, scope, written);
            return scope.evaluation().macroResult(written);
        }
    }
}
