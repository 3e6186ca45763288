package org.cchq.migrate.agent;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * What the agent logs goes to stderr, from {@code CCHQ_MIGRATE_LOG_LEVEL} on (WARN without it); stdout carries results only.
 * In code because Logback reads no XML then, which is a third of the agent's start. Elsewhere than in the agent's program this
 * leaves everything to the next in line.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class AgentLog extends ContextAwareBase implements Configurator {
    private static final String PROGRAM = "cchq.migrate.agent";

    /** Makes this the configuration of the process; before the first logger. */
    static void begin() {
        System.setProperty(PROGRAM, "true");
    }

    @Override
    public ExecutionStatus configure(LoggerContext logs) {
        if (!Boolean.getBoolean(PROGRAM)) {
            return ExecutionStatus.NEUTRAL;
        }
        Lines lines = new Lines();
        lines.setContext(logs);
        lines.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(logs);
        encoder.setLayout(lines);
        encoder.start();
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(logs);
        stderr.setName("stderr");
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder);
        stderr.start();
        Logger root = logs.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(System.getenv("CCHQ_MIGRATE_LOG_LEVEL"), Level.WARN));
        root.addAppender(stderr);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Time in UTC, level, class, message; then the exception. */
    private static final class Lines extends LayoutBase<ILoggingEvent> {
        @Override
        public String doLayout(ILoggingEvent event) {
            String name = event.getLoggerName();
            StringBuilder line = new StringBuilder(128)
                    .append(time(event.getTimeStamp()))
                    .append(' ')
                    .append(event.getLevel())
                    .append(" "
                            .repeat(Math.max(0, 5 - event.getLevel().toString().length())))
                    .append(' ')
                    .append(name.substring(name.lastIndexOf('.') + 1))
                    .append(' ')
                    .append(event.getFormattedMessage())
                    .append(System.lineSeparator());
            if (event.getThrowableProxy() != null) {
                line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
            return line.toString();
        }

        private static String time(long millis) {
            return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
                    .withZone(ZoneOffset.UTC)
                    .format(Instant.ofEpochMilli(millis));
        }
    }
}
