package org.cchq.migrate.javascript;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.cchq.migrate.javascript.FunctionReading.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which functions do something for a Group, from their text. */
class FunctionReadingTest {
    private static final List<String> YES = List.of(
            "function(doc) { emit(doc._id, null); }",
            "function(doc) { if (doc.doc_type === 'Group') { emit(doc._id, null); } }",
            "function(doc) { if (doc['doc_type'] == \"Gr\\u006fup\") emit(doc._id, null) }",
            "function(doc) { var t = doc.doc_type; if (t === 'Gr' + 'oup') emit(1) }",
            "function(doc) { if (doc.doc_type !== 'Group') return; emit(doc._id); }",
            "function(doc) { doc.doc_type === 'Group' && emit(doc._id, null) }",
            "function(doc) { doc.doc_type === 'User' ? null : emit(doc._id, null) }",
            "function(doc) { switch (doc.doc_type) { case 'User': case 'Group': emit(1); break; default: } }",
            "function(doc) { switch (doc.doc_type) { case 'User': break; default: emit(1); } }",
            "function(doc) { if (['User', 'Group'].indexOf(doc.doc_type) !== -1) { emit(1); } }",
            "function(doc) { var types = {User: 1, Group: 1}; if (doc.doc_type in types) emit(1); }",
            "function(doc) { var types = {User: true, Group: true}; if (types[doc.doc_type]) emit(1); }",
            "function(doc) { if ('User Group'.split(' ').indexOf(doc.doc_type) >= 0) emit(1); }",
            "function(doc) { if (/^Gro/.test(doc.doc_type)) { emit(1); } }",
            "function(doc) { if (doc.doc_type.match(/^(User|Group)$/)) { emit(1); } }",
            "(doc) => { if (doc.doc_type === 'Group') emit(doc._id); }",
            "function(doc) { if (doc.doc_type.indexOf('-Deleted') === -1) { emit(1); } }");

    private static final List<String> NO = List.of(
            "function(doc) { if (doc.doc_type === 'User') { emit(doc._id, null); } }",
            "function(doc) { // Group\n /* 'Group' */ if (doc.doc_type == 'User') emit('Group', null); }",
            "function(doc) { if (doc.doc_type !== 'User' || !doc.domain) { return; } emit(doc._id); }",
            "function(doc) { if (doc.doc_type !== 'Group') { emit(doc._id, null); } }",
            "function(doc) { if (doc.domain && doc.doc_type === 'User') emit(1) }",
            "function(doc) { if (doc.base_doc === 'X') { if (doc.doc_type == 'User') emit(1) } }",
            "function(doc) { if (!(doc.doc_type === 'User' || doc.doc_type === 'Form')) return\n emit(1) }",
            "function(doc) { switch (doc.doc_type) { case 'User': emit(1); break; case 'Group': break; } }",
            "function(doc) { switch (doc.doc_type) { case 'Group': return; } if (doc.doc_type == 'x') emit(1) }",
            "function(doc) { if (['User'].indexOf(doc.doc_type) > -1) { emit(1); } }",
            "function(doc) { if (~['User'].indexOf(doc.doc_type)) { emit(1); } }",
            "function(doc) { var base = 'User'; if (doc.doc_type === base || doc.doc_type === base + '-Deleted') emit(1) }",
            "function(doc) { if (doc.doc_type.indexOf('-Deleted') !== -1) { emit(1); } }",
            "function(doc) { var a = 4 / 2, s = 'it\\'s /'; if (/[/']User$/.test(doc.doc_type)) emit(a / 3) }",
            "function(doc) { for (var i in doc.x) { if (doc.doc_type === 'User') { emit(i) } } }",
            "doc => doc.doc_type === 'User' && emit(1)");

    private static final List<String> UNKNOWN = List.of(
            "function(doc) { if (doc.base_doc === 'Thing') { emit(doc._id, null); } }",
            "function(doc) { if (doc.doc_type === 'User' || doc.base_doc === 'Thing') { emit(doc._id, null); } }",
            "function(doc) { if (doc.doc_type === doc.base + '-Deleted') emit(1) }",
            "function(doc) { if (doc.inner.doc_type === 'User') emit(1) }",
            "function(doc) { if (isUser(doc)) emit(1) }",
            "function(doc) { var send = emit; send(doc._id) }",
            "function(doc) { doc.names.forEach(emit) }",
            "function(doc) { var types = {}; types['Gro' + x] = 1; if (doc.doc_type in types) emit(1) }",
            "function(doc) { var types = ['User']; types.push(y); if (types.indexOf(doc.doc_type) >= 0) emit(1) }",
            "function(doc) { var t = 'User'; t = other(); if (doc.doc_type === t) emit(1) }",
            "function(doc) { doc.domains.forEach(function(d) { emit(d) }) }",
            "function(doc) { class A {} }");

    @Test
    void seesThatAFunctionActsOnAType() {
        assertThat(YES).allSatisfy(text -> assertThat(map(text)).as(text).isEqualTo(Truth.YES));
    }

    @Test
    void seesThatAFunctionLeavesATypeAlone() {
        assertThat(NO).allSatisfy(text -> assertThat(map(text)).as(text).isEqualTo(Truth.NO));
    }

    @Test
    void doesNotGuessWhereSomethingElseDecides() {
        assertThat(UNKNOWN).allSatisfy(text -> assertThat(map(text)).as(text).isEqualTo(Truth.UNKNOWN));
    }

    @Test
    void aFilterConcernsWhatItLetsThrough() {
        String filter = "function(doc, req) { return doc.doc_type === 'Group' && doc.domain === req.query.domain; }";

        assertThat(new FunctionReading(filter).concerns("Group", Role.ANSWER)).isEqualTo(Truth.UNKNOWN);
        assertThat(new FunctionReading(filter).concerns("User", Role.ANSWER)).isEqualTo(Truth.NO);
        assertThat(new FunctionReading("function(d) { return true }").concerns("User", Role.ANSWER))
                .isEqualTo(Truth.YES);
    }

    @Test
    void aValidationConcernsWhatItMayRefuse() {
        String validation =
                "function(newDoc, oldDoc, ctx) {" + " if (newDoc.doc_type === 'Group') { throw({forbidden: 'no'}); } }";

        assertThat(new FunctionReading(validation).concerns("Group", Role.VALIDATION))
                .isEqualTo(Truth.YES);
        assertThat(new FunctionReading(validation).concerns("User", Role.VALIDATION))
                .isEqualTo(Truth.NO);
    }

    @Test
    void literalsAreStringsAndKeysButNoCommentsAndNoRegularExpressions() {
        FunctionReading reading = new FunctionReading(
                "function(doc) { // 'Comment'\n var x = {Key: 'a' + \"b\", 'c\\n': 1}; return /'Regex'/.test(x) / 2 }");

        assertThat(reading.literals()).containsExactlyInAnyOrder("Key", "a", "b", "ab", "c\n");
        assertThat(reading.lineOf("Key")).isEqualTo(2);
    }

    @Test
    void sameMeansTheSameWords() {
        FunctionReading one = new FunctionReading("function (doc) {\n    // why\n    emit('a b');\n}\n");

        assertThat(one.sameAs(new FunctionReading("function(doc){emit(\"a b\");}")))
                .isTrue();
        assertThat(one.sameAs(new FunctionReading("function(doc){emit('ab');}")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "function(doc) {",
                "'",
                "/*",
                "`${",
                "))",
                "{{{{",
                "if (",
                "function(doc) { emit( }",
                "\\",
                "/["
            })
    void anyTextIsRead(String text) {
        assertThat(Arrays.asList(Truth.values())).contains(map(text));
    }

    @Test
    void deepNestingIsGivenUpNotOverflown() {
        assertThat(map("function(doc) { " + "(".repeat(100_000) + " }")).isEqualTo(Truth.UNKNOWN);
    }

    private static Truth map(String text) {
        return new FunctionReading(text).concerns("Group", Role.MAP);
    }
}
