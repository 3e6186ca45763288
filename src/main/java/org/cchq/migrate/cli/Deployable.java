package org.cchq.migrate.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.render.HostFiles;
import org.cchq.migrate.render.Renderer;

/** What this program deploys by itself, by the name of the playbook that commcare-cloud has for it. */
enum Deployable {
    PROXY("deploy_proxy.yml", "nginx_sites") {
        @Override
        List<TargetHost> hosts(Environment environment) throws UserException {
            return environment.hosts("proxy");
        }

        @Override
        HostFiles of(Renderer renderer, Environment environment, TargetHost host) throws UserException {
            return renderer.proxy(environment, host);
        }
    },
    LOCALSETTINGS("deploy_localsettings.yml", "localsettings") {
        @Override
        List<TargetHost> hosts(Environment environment) throws UserException {
            return environment.commcarehq();
        }

        @Override
        HostFiles of(Renderer renderer, Environment environment, TargetHost host) throws UserException {
            return renderer.localsettings(environment, host);
        }
    };

    private final String playbook;
    private final String tag;

    Deployable(String playbook, String tag) {
        this.playbook = playbook;
        this.tag = tag;
    }

    String playbook() {
        return playbook;
    }

    /** The tag that selects it. */
    String tag() {
        return tag;
    }

    /** True if a list of tags leaves it in: no tags, its own, or {@code all}. */
    boolean selectedBy(Set<String> tags) {
        return tags.isEmpty() || tags.contains(tag) || tags.contains("all");
    }

    abstract List<TargetHost> hosts(Environment environment) throws UserException;

    abstract HostFiles of(Renderer renderer, Environment environment, TargetHost host) throws UserException;

    static Optional<Deployable> ofPlaybook(String name) {
        return Arrays.stream(values()).filter(one -> one.playbook.equals(name)).findFirst();
    }
}
