package org.cchq.migrate.cli;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.cli.CommandLine;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.Environments;
import org.cchq.migrate.ssh.ShellWords;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.slf4j.LoggerFactory;

/** The controller: {@code cchq-migrate <env> <command>}. Command line to command to exit status. */
public final class Main {
    private static final List<Command> COMMANDS = List.of(
            new RunCommand(),
            new DjangoManageCommand(),
            new RunShellCommand(),
            new LookupCommand(),
            new SshCommand(),
            new AnsiblePlaybookCommand(),
            new UpdateConfigCommand(),
            new ServiceCommand(),
            new AdvanceCommand(),
            new BackCommand(),
            new PlanCommand(),
            new StatusCommand(),
            new AttachCommand(),
            new CancelCommand(),
            new ReportCommand(),
            new HistoryCommand(),
            new CheckCommand(),
            new RenderCommand(),
            new AgentFilesCommand(),
            new PushAgentCommand(),
            new DoctorCommand());

    private final Workplace workplace;
    private final Console console;

    /**
     * @param variables environment variables
     * @param directory the checkout, which holds environments/
     * @param input what is piped in, for commands that read it
     */
    public Main(Map<String, String> variables, Path directory, Console console, InputStream input) {
        this.workplace = new Workplace(Map.copyOf(variables), directory, input);
        this.console = console;
    }

    public static void main(String[] args) {
        System.setProperty("logback.configurationFile", "logback-controller.xml");
        // Before there are other threads: what several log while it begins, it would complain about on stderr.
        LoggerFactory.getILoggerFactory();
        Map<String, String> variables = System.getenv();
        Path directory =
                Path.of(variables.getOrDefault("CCHQ_MIGRATE_HOME", "")).toAbsolutePath();
        // Set by the launcher: what System.console() tells differs between releases of Java.
        boolean terminal =
                "yes".equals(variables.get("CCHQ_MIGRATE_TERMINAL")) && !"dumb".equals(variables.get("TERM"));
        Console console = new Console(
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                terminal
                        ? Optional.of(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)))
                        : Optional.empty(),
                new Console.Look(terminal, terminal && !variables.containsKey("NO_COLOR"), width(variables)),
                Clock.systemUTC());
        InputStream input = terminal ? InputStream.nullInputStream() : System.in;
        System.exit(new Main(variables, directory, console, input).run(args));
    }

    /** Runs one command line; never throws. */
    public int run(String... args) {
        try {
            return dispatch(List.of(args));
        } catch (UsageException e) {
            console.error(String.valueOf(e.getMessage()));
            console.say("Try 'cchq-migrate help'.");
            return ExitCode.USAGE.code();
        } catch (UserException e) {
            console.error(String.valueOf(e.getMessage()));
            return ExitCode.REFUSED.code();
        } catch (EndpointException e) {
            console.error(String.valueOf(e.getMessage()));
            return ExitCode.ENDPOINT.code();
        } catch (InterruptedException e) {
            console.error("Interrupted; an agent that was started goes on: see 'status'.");
            return ExitCode.INTERRUPTED.code();
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(Main.class).error("internal error", e);
            console.error("internal error: " + e);
            return ExitCode.INTERNAL_ERROR.code();
        }
    }

    private int dispatch(List<String> args) throws UserException, EndpointException, InterruptedException {
        if (args.isEmpty()) {
            throw new UsageException("which environment, and which command?");
        }
        String first = args.get(0);
        if (Set.of("help", "--help", "-h").contains(first)) {
            return help(args.subList(1, args.size()));
        }
        if (first.equals("version") || first.equals("--version")) {
            console.result("cchq-migrate " + Workplace.version());
            return ExitCode.SUCCESS.code();
        }
        if (first.startsWith("-")) {
            throw new UsageException("unknown option " + first + " before the environment; only --help and --version");
        }
        if (args.size() == 1) {
            throw new UsageException(
                    "which command? One of " + String.join(", ", commands().keySet()));
        }
        Command command = command(args.get(1));
        CommandLine line = Arguments.parse(command, args.subList(2, args.size()));
        if (line.hasOption("help")) {
            Arguments.help(command).forEach(console::result);
            return ExitCode.SUCCESS.code();
        }
        console.command("cchq-migrate " + ShellWords.join(args));
        VaultPassword password = new VaultPassword(workplace.variables(), prompt());
        Environments environments = Environments.find(workplace.variables(), workplace.directory());
        if (command instanceof CheckCommand check) {
            return check.show(environments.check(first, password), console, line);
        }
        Environment environment = environments.load(first, password);
        for (String argument : environment.unsupportedSshArguments()) {
            console.warn("commcare_cloud_ssh_args: '" + argument + "' is not supported and is left out");
        }
        try (Site site = new Site(environment, console, workplace, password, new KeyPassphrases(prompt()))) {
            return command.run(site, line);
        }
    }

    private int help(List<String> words) throws UsageException {
        if (!words.isEmpty()) {
            Arguments.help(command(words.get(0))).forEach(console::result);
            return ExitCode.SUCCESS.code();
        }
        console.result("usage: cchq-migrate <env> <command> [arguments]");
        console.result("");
        for (Command command : COMMANDS) {
            console.result(String.format("  %-18s %s", command.name(), command.summary()));
        }
        console.result(String.format("  %-18s %s", "help [command]", "This text, or that of a command."));
        console.result(String.format("  %-18s %s", "version", "The version of controller and agent."));
        return ExitCode.SUCCESS.code();
    }

    /** Every command by name, in the order of the help. */
    static Map<String, Command> commands() {
        Map<String, Command> commands = new LinkedHashMap<>();
        COMMANDS.forEach(command -> commands.put(command.name(), command));
        return commands;
    }

    private static Command command(String name) throws UsageException {
        Command command = commands().get(name);
        for (Command other : COMMANDS) {
            command = command == null && other.aliases().contains(name) ? other : command;
        }
        if (command == null) {
            Set<String> known = new TreeSet<>(commands().keySet());
            known.addAll(Arrays.asList("help", "version"));
            throw new UsageException("unknown command '" + name + "'" + NearestName.hint(name, known));
        }
        return command;
    }

    private SecretPrompt prompt() {
        if (!"yes".equals(workplace.variables().get("CCHQ_MIGRATE_TERMINAL"))) {
            return SecretPrompt.NONE;
        }
        return question -> Optional.ofNullable(System.console())
                .map(terminal -> terminal.readPassword("%s", question))
                .map(letters -> new Secret(new String(letters)));
    }

    private static int width(Map<String, String> variables) {
        String columns = variables.getOrDefault("COLUMNS", "");
        return columns.matches("[0-9]{2,4}") ? Math.max(40, Integer.parseInt(columns)) : 80;
    }
}
