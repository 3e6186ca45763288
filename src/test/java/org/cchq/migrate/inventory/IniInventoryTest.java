package org.cchq.migrate.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.Problems;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IniInventoryTest {
    @Test
    void expandsRanges() {
        Inventory inventory = read("""
                [web]
                web[08:10].example
                db[a:c]
                es[1:9:4]-[x:y]
                """);

        assertThat(inventory.groupHosts("web"))
                .containsExactly(
                        "web08.example",
                        "web09.example",
                        "web10.example",
                        "dba",
                        "dbb",
                        "dbc",
                        "es1-x",
                        "es1-y",
                        "es5-x",
                        "es5-y",
                        "es9-x",
                        "es9-y");
    }

    @Test
    void readsHostLines() {
        Inventory inventory = read("""
                web0:2222 name='a b' list='["/dev/xvdc"]' n=1 t=True y=yes s="#1" # comment
                web0:2223
                fd00::1
                """);

        assertThat(inventory.variables("web0"))
                .isEqualTo(Map.of(
                        "ansible_port",
                        2222,
                        "name",
                        "a b",
                        "list",
                        List.of("/dev/xvdc"),
                        "n",
                        1,
                        "t",
                        true,
                        "y",
                        "yes",
                        "s",
                        "#1"));
        assertThat(inventory.groupHosts("ungrouped")).containsExactly("web0", "fd00::1");
    }

    /** A real file had this: the whole rest of the line is the value. */
    @Test
    void takesTheRestOfAVariableLineAsTheValue() {
        Inventory inventory = read("""
                [db]
                db0
                [db:vars]
                datavol_device=/dev/xvdb datadog_integration_cloudant=true
                """);

        assertThat(inventory.variables("db0"))
                .isEqualTo(Map.of("datavol_device", "/dev/xvdb datadog_integration_cloudant=true"));
    }

    @Test
    void mergesVariablesFromParentToChildToHost() {
        Inventory inventory = read("""
                [all:vars]
                v=all
                all_only=1
                [child]
                host v=host
                other
                [parent:children]
                child
                zchild
                [zchild]
                other
                [parent:vars]
                v=parent
                p=parent
                [child:vars]
                v=child
                p=child
                [zchild:vars]
                v=zchild
                """);

        assertThat(inventory.variables("host")).isEqualTo(Map.of("v", "host", "p", "child", "all_only", 1));
        assertThat(inventory.variables("other")).isEqualTo(Map.of("v", "zchild", "p", "child", "all_only", 1));
    }

    @Test
    void reportsEveryProblemWithItsLine() {
        Problems problems = new Problems();

        IniInventory.parse("""
                [web
                [web]
                web0 oops
                web1 name='x
                web[5:1]
                web2:99999
                web3:
                [bad name]
                [web:kids]
                anything
                [web:vars]
                no_equals
                [lost:vars]
                a=1
                [top:children]
                wbe
                top
                two words
                [a:children]
                b
                [b:children]
                a
                """, "east/inventory.ini", problems);

        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:3: expected key=value"));
        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:4: a quotation has no end"));
        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:5: host range [5:1] is empty"));
        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:6: port 99999"));
        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:7: 'web3:' is not a host"));
        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:8: '[bad name]' is not a section"));
        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:9: section [web:kids]"));
        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:12: expected key=value"));
        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:13: section [lost:vars]"));
        assertThat(problems.all())
                .contains("east/inventory.ini:16: section [top:children] names the undefined group 'wbe';"
                        + " did you mean 'web'?");
        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:17: group 'top' cannot be its own"));
        assertThat(problems.all()).anyMatch(p -> p.startsWith("east/inventory.ini:18: expected one group name"));
        assertThat(problems.all()).anyMatch(p -> p.contains("closes a loop"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "web:db                | w1 w2 w3 d1",
                "web,db                | w1 w2 w3 d1",
                "web:!w2               | w1 w3",
                "web:&odd              | w1 w3",
                "web[0]                | w1",
                "web[-1]               | w3",
                "web[1:]               | w2 w3",
                "web[0:1]              | w1 w2",
                "w*                    | w1 w2 w3",
                "w[12]*                | w1 w2",
                "~w[23]                | w2 w3",
                "all:!web              | d1",
                "!web                  | d1",
                "d1                    | d1",
                "odd:db:!w3            | w1 d1",
            })
    void selectsHostsByPattern(String pattern, String expected) throws Exception {
        Inventory inventory = read("[web]\nw1\nw2\nw3\n[odd]\nw1\nw3\n[db]\nd1\n");

        assertThat(String.join(" ", inventory.hostsMatching(pattern))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wbe     | no host or group matches 'wbe'; did you mean 'web'?",
                "web[3]  | index out of range, 'web' has 3 hosts",
                "x*      | no host or group matches 'x*'",
                "~w(     | not a regular expression",
                ":       | is empty",
                "top[0]  | has no defined order",
            })
    void refusesPatternsThatSelectNothing(String pattern, String message) {
        Inventory inventory = read("""
                [web]
                w1
                w2
                w3
                [a]
                w1
                [b]
                w2
                [c:children]
                a
                [d:children]
                b
                [top:children]
                c
                d
                """);

        assertThatThrownBy(() -> inventory.hostsMatching(pattern)).hasMessageContaining(message);
    }

    /** django_manage -> webworkers -> web0, web1 is the usual shape, and Ansible's order of it never changes. */
    @Test
    void takesAnIndexThroughOneChainOfGroups() throws Exception {
        Inventory inventory = read("""
                [web0]
                w0
                [web1]
                w1
                [webworkers:children]
                web0
                web1
                [django_manage:children]
                webworkers
                """);

        assertThat(inventory.hostsMatching("django_manage[0]")).containsExactly("w0");
    }

    @Test
    void translatesAliases() throws Exception {
        Inventory inventory = read("[db0]\n10.0.0.1\n[web]\nw1\nw2\n");

        assertThat(inventory.translateHost("db0", "postgresql.yml:3")).isEqualTo("10.0.0.1");
        assertThat(inventory.translateHost("w1", "postgresql.yml:3")).isEqualTo("w1");
        assertThatThrownBy(() -> inventory.translateHost("web", "postgresql.yml:3"))
                .hasMessage(
                        "postgresql.yml:3: 'web' is a group of 2 hosts; a host is needed, or a group of exactly one");
        assertThatThrownBy(() -> inventory.translateHost("bd0", "postgresql.yml:3"))
                .hasMessageContaining("unknown host or group 'bd0'; did you mean 'db0'?");
    }

    private static Inventory read(String text) {
        Problems problems = new Problems();
        Inventory inventory = IniInventory.parse(text, "inventory.ini", problems);
        assertThat(problems.all()).isEmpty();
        return inventory;
    }
}
