package org.cchq.migrate.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.testing.Samples;
import org.junit.jupiter.api.Test;

class InventoryEditTest {
    @Test
    void flipsTheHostsAsTheCommitOf2018Did() throws IOException {
        String dual = Files.readString(sample("2-dual"));
        IniEdit edit = new IniEdit(dual);
        edit.copyGroup("riakcs_new", "riakcs");
        edit.copyGroup("stanchion_new", "stanchion");
        edit.removeGroup("riakcs_new");
        edit.removeGroup("stanchion_new");
        assertThat(edit.text()).isEqualTo(Files.readString(sample("4-temp-flip")));
    }

    @Test
    void flagsOf2018AreMovedToTheByte() throws IOException, UserException {
        String dual = Files.readString(sample("2-dual").resolveSibling("public.yml"));
        String flip = Files.readString(sample("4-temp-flip").resolveSibling("public.yml"));
        String done = Files.readString(sample("5-final").resolveSibling("public.yml"));
        String flipped = new PublicEdit(dual, "p")
                .putFlag(BlobFacts.TEMPORARY)
                .removeFlag(BlobFacts.MIGRATING)
                .text();
        assertThat(flipped).isEqualTo(flip);
        assertThat(new PublicEdit(flip, "p").removeFlag(BlobFacts.TEMPORARY).text())
                .isEqualTo(done);
        assertThat(new PublicEdit(flip, "p")
                        .putFlag(BlobFacts.MIGRATING)
                        .removeFlag(BlobFacts.TEMPORARY)
                        .text())
                .isEqualTo(dual);
    }

    @Test
    void aliasesRangesAndCommentsMoveAsTheyAre() {
        String text = "[riak0]\n10.0.0.1\n[riakcs:children]\nriak0\n\n; of the new\n[riakcs_new]\n"
                + "10.0.1.[1:3] ansible_port=2222 # three\n# four\n10.0.1.4\n# tail\n\n[other]\nx\n";
        IniEdit edit = new IniEdit(text);
        edit.copyGroup("riakcs_new", "riakcs");
        assertThat(edit.text())
                .isEqualTo("[riak0]\n10.0.0.1\n[riakcs]\n10.0.1.[1:3] ansible_port=2222 # three\n# four\n10.0.1.4\n\n"
                        + "; of the new\n[riakcs_new]\n"
                        + "10.0.1.[1:3] ansible_port=2222 # three\n# four\n10.0.1.4\n# tail\n\n[other]\nx\n");
    }

    @Test
    void aGroupThatIsNamedElsewhereStaysDeclared() {
        IniEdit edit = new IniEdit("[riakcs_new]\na\n\n[stores:children]\nriakcs_new\n");
        edit.removeGroup("riakcs_new");
        assertThat(edit.text()).isEqualTo("[stores:children]\nriakcs_new\n[riakcs_new]\n");
    }

    @Test
    void addsAGroupBehindItsNeighbourAndTakesItAway() {
        String text = "[riakcs]\na\n[riakcs:vars]\nv=1\n# of other\n[other]\nb";
        IniEdit edit = new IniEdit(text);
        edit.addGroup("riakcs_new", "riakcs", List.of(new NewHost("c", ""), new NewHost("10.0.0.9", "riak9")));
        String with =
                "[riakcs]\na\n[riakcs:vars]\nv=1\n\n[riakcs_new]\nc\n10.0.0.9 hostname=riak9\n# of other\n[other]\nb";
        assertThat(edit.text()).isEqualTo(with);
    }

    @Test
    void groupsOfCsvAreCells() throws UserException {
        String text =
                "# hosts\nhostname,host_address,group 1,var: x\nold1,10.0.0.1,riakcs,1\nnew1,10.0.0.2,riakcs_new,\"a,b\"\n"
                        + "web,10.0.0.3,webworkers,\n\ngroup,var,val,type\nriakcs,swap,4G,S\nriakcs_new,swap,8G,S\n";
        CsvEdit edit = new CsvEdit(text, "inventory.csv");
        edit.copyGroup("riakcs_new", "riakcs");
        assertThat(edit.text())
                .isEqualTo("# hosts\nhostname,host_address,group 1,var: x,group 2\nold1,10.0.0.1,,1\n"
                        + "new1,10.0.0.2,riakcs_new,\"a,b\",riakcs\nweb,10.0.0.3,webworkers,\n\n"
                        + "group,var,val,type\nriakcs_new,swap,8G,S\nriakcs,swap,8G,S\n");
        edit.removeGroup("riakcs_new");
        assertThat(edit.text()).contains("new1,10.0.0.2,,\"a,b\",riakcs\n").endsWith("type\nriakcs,swap,8G,S\n");
    }

    @Test
    void newHostsGetRowsInCsv() throws UserException {
        CsvEdit edit = new CsvEdit(
                "hostname,host_address,group 1\r\nold1,10.0.0.1,riakcs\r\nweb,10.0.0.3,\r\n", "inventory.csv");
        edit.addGroup("riakcs_new", "riakcs", List.of(new NewHost("10.0.0.2", "new1"), new NewHost("10.0.0.3", "")));
        assertThat(edit.text())
                .isEqualTo("hostname,host_address,group 1\r\nold1,10.0.0.1,riakcs\r\nnew1,10.0.0.2,riakcs_new\r\n"
                        + "web,10.0.0.3,riakcs_new\r\n");
    }

    private static Path sample(String stage) {
        return Samples.directory().resolve("production-2018/" + stage + "/inventory.ini");
    }
}
