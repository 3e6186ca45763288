package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.doctypes.DesignFunction.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The functions of design documents in a checkout. */
class CheckoutFunctionsTest {
    @TempDir
    Path checkout;

    @Test
    void findsThemWhereHqKeepsThem() throws Exception {
        file("corehq/apps/groups/_design/views/by_user/map.js", "m");
        file("corehq/apps/groups/_design/views/by_user/reduce.js", "_sum");
        file("corehq/apps/groups/_design/filters/some.js", "f");
        file("corehq/apps/groups/_design/validate_doc_update.js", "v");
        file("corehq/couchapps/by_type/views/view/map.js", "c");
        file("corehq/apps/groups/static/lists/unrelated.js", "no");
        file("node_modules/x/_design/views/y/map.js", "no");

        List<CheckoutFunctions.InFile> found = CheckoutFunctions.read(checkout);

        assertThat(found)
                .extracting(
                        file -> file.function().design() + " " + file.function().place())
                .containsExactly(
                        "groups filter some",
                        "groups validation",
                        "groups view by_user",
                        "groups reduce by_user",
                        "by_type view view");
        assertThat(found.get(4).path()).isEqualTo("corehq/couchapps/by_type/views/view/map.js");
    }

    @Test
    void followsWhatIsIncluded() throws Exception {
        file("apps/x/_design/views/v/map.js", "function(doc) {\n  // !code util/*.js\n  emit(isGroup(doc)); }");
        file("apps/x/_design/util/a.js", "var type = 'Group';");
        file("apps/x/_design/util/b.js", "// !code util/b.js\nvar b;");

        DesignFunction function = CheckoutFunctions.read(checkout).get(0).function();

        assertThat(function.kind()).isEqualTo(Kind.VIEW);
        assertThat(function.text()).contains("var type = 'Group';", "var b;", "emit(isGroup(doc))");
    }

    @Test
    void saysThatThereIsNoCheckout() {
        assertThatThrownBy(() -> CheckoutFunctions.read(checkout.resolve("none")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is no directory");
    }

    private void file(String path, String text) throws Exception {
        Path file = checkout.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
