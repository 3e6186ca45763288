package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;
import static org.cchq.migrate.cli.Arguments.valued;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;

/**
 * {@code ansible-playbook}: deploy_proxy.yml and deploy_localsettings.yml are carried out by this program; any other playbook
 * by the ansible-playbook that is installed.
 */
final class AnsiblePlaybookCommand implements Command {
    @Override
    public String name() {
        return "ansible-playbook";
    }

    @Override
    public List<String> aliases() {
        return List.of("ap", "ansible-deploy");
    }

    @Override
    public String arguments() {
        return "PLAYBOOK [options] [options of ansible-playbook]";
    }

    @Override
    public String summary() {
        return "Shows, asks and applies: deploy_proxy.yml, deploy_localsettings.yml, or a playbook of Ansible's.";
    }

    @Override
    public boolean passesOptionsOn() {
        return true;
    }

    @Override
    public Options options() {
        Options options = new Options();
        CheckAskApply.addOptions(options);
        options.addOption(UpdateConfigCommand.limit());
        options.addOption(Option.builder("t")
                .longOpt("tags")
                .hasArg()
                .argName("TAGS")
                .desc("only what these select: nginx_sites the sites, localsettings the settings")
                .get());
        options.addOption(valued("skip-tags", "TAGS", "not what these select"));
        options.addOption(valued("branch", "BRANCH", "the environment's checkout must be on this branch"));
        options.addOption(Option.builder("D")
                .longOpt("diff")
                .desc("accepted: differences are always shown")
                .get());
        options.addOption(flag("use-factory-auth", "log in as commcare_cloud_root_user; only for Ansible's playbooks"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        List<String> words = line.getArgList();
        Optional<String> playbook =
                words.stream().filter(word -> word.endsWith(".yml")).findFirst();
        if (playbook.isEmpty()) {
            throw new UsageException("ansible-playbook: which playbook? As deploy_proxy.yml");
        }
        Optional<Deployable> own = Deployable.ofPlaybook(playbook.get());
        if (own.isEmpty()) {
            return new RealAnsible(site, line).run(playbook.get());
        }
        refuseWhatItCannotDo(own.get(), line, words);
        if (!selected(site, own.get(), line)) {
            return 1;
        }
        return UpdateConfigCommand.deploy(site, line, own.get());
    }

    private static void refuseWhatItCannotDo(Deployable what, CommandLine line, List<String> words)
            throws UsageException {
        List<String> others = new ArrayList<>(words);
        others.remove(what.playbook());
        others.removeIf(word -> word.matches("-v+|--verbose|-b|--become"));
        if (line.hasOption("use-factory-auth")) {
            others.add("--use-factory-auth");
        }
        if (!others.isEmpty()) {
            throw new UsageException(what.playbook() + " is carried out by cchq-migrate itself, which does not take: "
                    + String.join(" ", others));
        }
    }

    /** A tag that selects nothing here must not end as if something had been done. */
    private static boolean selected(Site site, Deployable what, CommandLine line) {
        Set<String> tags = tags(line, "tags");
        if (!what.selectedBy(tags)) {
            site.console()
                    .error("--tags " + String.join(",", tags) + ": selects nothing. What cchq-migrate deploys by "
                            + what.playbook() + " has the tag " + what.tag()
                            + "; anything else of commcare-cloud's playbook is commcare-cloud's. Nothing was done");
            return false;
        }
        if (tags(line, "skip-tags").contains(what.tag())) {
            site.console()
                    .error("--skip-tags " + what.tag() + ": leaves nothing of " + what.playbook()
                            + ". Nothing was done");
            return false;
        }
        tags.remove("all");
        tags.remove(what.tag());
        if (!tags.isEmpty()) {
            site.console().warn("--tags " + String.join(",", tags) + ": selects nothing that cchq-migrate deploys");
        }
        return true;
    }

    private static Set<String> tags(CommandLine line, String option) {
        Set<String> tags = new TreeSet<>();
        for (String value : Optional.ofNullable(line.getOptionValues(option)).orElse(new String[0])) {
            Arrays.stream(value.split(",", -1))
                    .map(String::strip)
                    .filter(tag -> !tag.isEmpty())
                    .forEach(tags::add);
        }
        return tags;
    }
}
