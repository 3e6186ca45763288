package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.cchq.migrate.kind.doctypes.DesignFunction.Kind;
import org.junit.jupiter.api.Test;

/** What texts of design documents' functions say about Group and WebUser. */
class TextReadingTest {
    private static final Migrator MIGRATOR = new Migrator("groups", "", "users", List.of("Group", "WebUser"));

    @Test
    void namesTheTypesThatItActsOn() {
        TextReading reading =
                view("function(doc) {\n  if (doc.doc_type === 'Group' || doc.doc_type === 'CommCareUser')\n emit(1) }");

        assertThat(reading.concern()).isEqualTo(Concern.NAMES);
        assertThat(reading.types()).containsExactly("Group");
        assertThat(reading.others()).isTrue();
        assertThat(reading.why()).isEqualTo("names Group (line 2)");
    }

    @Test
    void aDeletedTypeMadeByJoiningIsNamed() {
        TextReading reading = view("function(doc) { var b = 'Group'; if (doc.doc_type === b + '-Deleted') emit(1) }");

        assertThat(reading.types()).containsExactly("Group-Deleted");
        assertThat(reading.concern()).isEqualTo(Concern.POSSIBLE);
        assertThat(reading.others()).isFalse();
    }

    @Test
    void namingATypeToLeaveItOutIsNoConcern() {
        TextReading reading = view("function(doc) { switch (doc.doc_type) { case 'Group': case 'WebUser': return; }"
                + " if (doc.doc_type === 'Form') emit(1) }");

        assertThat(reading.concern()).isEqualTo(Concern.NONE);
        assertThat(reading.why()).isEqualTo("names Group, WebUser, but does nothing for them");
    }

    @Test
    void leavingOutOneOfTheTypesLeavesTheOthersPossible() {
        TextReading reading = view("function(doc) { if (doc.doc_type !== 'Group') emit(doc.doc_type) }");

        assertThat(reading.concern()).isEqualTo(Concern.POSSIBLE);
        assertThat(reading.types()).containsExactly("WebUser", "Group-Deleted", "WebUser-Deleted");
        assertThat(reading.why()).isEqualTo("leaves out Group, not the others");
    }

    @Test
    void whatDoesNotAskForTheTypeMayConcernIt() {
        assertThat(view("function(doc) { emit(doc._id) }").why()).isEqualTo("any document");
        assertThat(view("function(doc) { emit(doc.doc_type) }").why()).isEqualTo("any type");
        assertThat(view("function(doc) { if (doc.base_doc === 'X') emit(1) }").why())
                .isEqualTo("looks at base_doc");
        assertThat(view("function(doc) { if (doc.x) emit(1) }").why()).isEqualTo("goes by fields, not by type");
        assertThat(view("function(doc) { if (require('views/lib/t').is(doc)) emit(1) }")
                        .why())
                .isEqualTo("asks a library");
        assertThat(view("function(doc) { if (/-Deleted$/.test(doc.doc_type + doc.x)) emit('-Deleted') }")
                        .concern())
                .isEqualTo(Concern.POSSIBLE);
    }

    @Test
    void whatIsForOtherTypesOnlyIsNoConcern() {
        TextReading reading = view("// Group\nfunction(doc) { if (doc.doc_type === 'XFormInstance') emit('Group') }");

        assertThat(reading.concern()).isEqualTo(Concern.NONE);
        assertThat(reading.others()).isTrue();
    }

    @Test
    void whatCannotBeReadIsNotDismissed() {
        assertThat(view("function(doc) { class X { } }").why()).startsWith("cannot be read: 'class' in line 1");
        assertThat(TextReading.of(new DesignFunction("d", Kind.VIEW, "v", "erlang", "fun({Doc}) -> ok end."), MIGRATOR))
                .isEqualTo(new TextReading(
                        Concern.POSSIBLE, List.of(), true, false, "written in erlang, which is not read here"));
    }

    @Test
    void aReduceOrListSeesNoDocuments() {
        TextReading list = TextReading.of(
                new DesignFunction("d", Kind.LIST, "l", "javascript", "function(head, req) { return getRow() }"),
                MIGRATOR);

        assertThat(list.concern()).isEqualTo(Concern.NONE);
        assertThat(list.follows()).isTrue();
    }

    @Test
    void samplesAreBelievedWhereTheyContradictTheText() {
        DesignFunction function = new DesignFunction("d", Kind.VIEW, "v", "javascript", "");
        TextReading denied = new TextReading(Concern.NONE, List.of(), true, false, "");
        TextReading allowed = new TextReading(Concern.POSSIBLE, List.of("Group"), true, false, "");
        TextReading named = new TextReading(Concern.NAMES, List.of("Group"), false, false, "");

        assertThat(finding(function, denied, 3, 10).concern()).isEqualTo(Concern.ACTS);
        assertThat(finding(function, denied, 3, 10).surprise()).isNotEmpty();
        assertThat(finding(function, allowed, 0, 10).concern()).isEqualTo(Concern.NONE);
        assertThat(finding(function, allowed, 0, 10).surprise()).isNotEmpty();
        assertThat(finding(function, named, 0, 10).concern()).isEqualTo(Concern.POSSIBLE);
        assertThat(finding(function, named, 0, 10).need()).isEqualTo(Need.TARGET);
        assertThat(finding(function, named, 0, 0).concern()).isEqualTo(Concern.NAMES);
    }

    private static FunctionFinding finding(DesignFunction function, TextReading text, long rows, int samples) {
        return FunctionFinding.of(function, text, java.util.Optional.of(new SeenRows(rows, 0, "")), samples);
    }

    private static TextReading view(String map) {
        return TextReading.of(new DesignFunction("d", Kind.VIEW, "v", "javascript", map), MIGRATOR);
    }
}
